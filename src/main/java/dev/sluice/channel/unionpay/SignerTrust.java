package dev.sluice.channel.unionpay;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;

/**
 * Whether a certificate that a message brought along is UnionPay's: it leads to the pinned root by
 * the pinned intermediates, is valid now, may sign, is no authority itself, and its subject's
 * common name says {@code ...@...@<a pinned name>}, as the provider's library checks it. There is
 * no revocation service to ask: a withdrawn certificate is answered by changing the pinned ones.
 *
 * @param root the one anchor
 * @param intermediates between it and the signer, the nearest to the signer first
 * @param signerNames what the third part of the common name may be
 */
record SignerTrust(
    X509Certificate root, List<X509Certificate> intermediates, Set<String> signerNames) {
  private static final int NAME_PART = 2;
  private static final int MIN_KEY_BITS = 2_048;
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*");

  SignerTrust {
    intermediates = List.copyOf(intermediates);
    signerNames = Set.copyOf(signerNames);
    if (signerNames.isEmpty()) {
      throw new IllegalArgumentException("at least one signer's name must be pinned");
    }
  }

  /** Checks a PEM certificate as of a time. */
  Verdict check(String pem, Instant now) {
    X509Certificate signer = read(pem);
    if (signer == null) {
      return new Distrusted("ILLEGIBLE_CERTIFICATE");
    }
    if (!(signer.getPublicKey() instanceof java.security.interfaces.RSAPublicKey key)
        || key.getModulus().bitLength() < MIN_KEY_BITS) {
      return new Distrusted("WEAK_CERTIFICATE");
    }
    if (signer.getBasicConstraints() >= 0 || !maySign(signer)) {
      return new Distrusted("NOT_A_SIGNER");
    }
    if (!signerNames.contains(String.valueOf(name(signer)))) {
      return new Distrusted("OTHER_SIGNER");
    }
    return isIssuedByOurs(signer, now)
        ? new Trusted(signer.getPublicKey())
        : new Distrusted("UNTRUSTED_CERTIFICATE");
  }

  private boolean isIssuedByOurs(X509Certificate signer, Instant now) {
    List<X509Certificate> path = new ArrayList<>();
    path.add(signer);
    path.addAll(intermediates);
    try {
      // The validator takes the anchor's word without looking at its dates.
      root.checkValidity(Date.from(now));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      var unused =
          CertPathValidator.getInstance("PKIX")
              .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return true;
    } catch (CertPathValidatorException | CertificateException e) {
      return false;
    } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("certificates can't be checked by this Java", e);
    }
  }

  private static boolean maySign(X509Certificate signer) {
    boolean[] usage = signer.getKeyUsage();
    return usage == null || usage[0] || usage[1];
  }

  /** The third part of the common name, or null. */
  private static @Nullable String name(X509Certificate signer) {
    try {
      List<String> names =
          new LdapName(signer.getSubjectX500Principal().getName())
              .getRdns().stream()
                  .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                  .map(rdn -> String.valueOf(rdn.getValue()))
                  .toList();
      String[] parts = names.size() == 1 ? names.getFirst().split("@", -1) : new String[0];
      return parts.length > NAME_PART ? parts[NAME_PART] : null;
    } catch (InvalidNameException e) {
      return null;
    }
  }

  private static @Nullable X509Certificate read(String pem) {
    if (!PEM.matcher(pem).matches()) {
      return null;
    }
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException | ClassCastException e) {
      return null;
    }
  }

  /** Whether to believe it. */
  sealed interface Verdict {}

  /** With this key. */
  record Trusted(PublicKey key) implements Verdict {}

  /** Not. */
  record Distrusted(String why) implements Verdict {}
}

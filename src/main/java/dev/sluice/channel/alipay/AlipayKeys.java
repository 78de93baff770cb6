package dev.sluice.channel.alipay;

import dev.sluice.channel.PemReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our key and Alipay's, in one of its two modes: bare public keys, or certificates.
 *
 * @param appKey signs what we send
 * @param alipayKey verifies what Alipay says
 * @param certificates serial numbers in certificate mode, null in public-key mode
 */
public record AlipayKeys(
    PrivateKey appKey, PublicKey alipayKey, @Nullable CertificateSerials certificates) {
  /** PKCS#1 signature algorithms: the root's SN is made of the certificates signed with these. */
  private static final String RSA_SIGNATURES = "1.2.840.113549.1.1";

  /**
   * Serial numbers as Alipay reckons them.
   *
   * @param app of our application's certificate, sent with each request
   * @param root of Alipay's root certificates, sent with each request
   * @param alipay of Alipay's own certificate: a reply must name this one
   */
  public record CertificateSerials(String app, String root, String alipay) {}

  /** Public-key mode. */
  public static AlipayKeys withPublicKey(PrivateKey appKey, PublicKey alipayKey) {
    return new AlipayKeys(appKey, alipayKey, null);
  }

  /**
   * Certificate mode. Alipay's certificate is pinned: only its key is believed, and it must itself
   * come from one of the roots.
   *
   * @param app our application's certificate
   * @param alipay Alipay's certificate, followed by those between it and the root
   * @param roots Alipay's root certificates
   * @throws IllegalArgumentException if the chain doesn't hold at this time
   */
  public static AlipayKeys withCertificates(
      PrivateKey appKey,
      X509Certificate app,
      List<X509Certificate> alipay,
      List<X509Certificate> roots,
      Instant now) {
    requireChain(alipay, roots, now);
    return new AlipayKeys(
        appKey,
        PemReader.publicKey(alipay.getFirst(), "Alipay's certificate"),
        new CertificateSerials(
            serialNumber(app), rootSerialNumber(roots), serialNumber(alipay.getFirst())));
  }

  /**
   * A certificate's "SN": lower-case hex MD5 over the issuer's name (RFC 2253) and the decimal
   * serial number. MD5 is Alipay's choice and names a certificate only; it proves nothing here.
   */
  static String serialNumber(X509Certificate certificate) {
    String named =
        certificate.getIssuerX500Principal().getName() + certificate.getSerialNumber().toString();
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(named.getBytes(StandardCharsets.UTF_8));
      return "%032x".formatted(new BigInteger(1, digest));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("MD5 is missing from this Java", e);
    }
  }

  /** The roots' SN: those of all RSA-signed ones, joined by underscores. */
  static String rootSerialNumber(List<X509Certificate> roots) {
    return roots.stream()
        .filter(root -> root.getSigAlgOID().startsWith(RSA_SIGNATURES))
        .map(AlipayKeys::serialNumber)
        .collect(Collectors.joining("_"));
  }

  @Override
  public String toString() {
    return "AlipayKeys[" + (certificates == null ? "public key" : certificates) + "]";
  }

  private static void requireChain(
      List<X509Certificate> chain, List<X509Certificate> roots, Instant now) {
    Set<TrustAnchor> anchors = new HashSet<>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false); // Alipay publishes no lists for these
      parameters.setDate(Date.from(now));
      var _ =
          CertPathValidator.getInstance("PKIX")
              .validate(
                  CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "Alipay's certificate doesn't come from the given roots, or isn't valid now: "
              + e.getMessage(),
          e);
    }
  }
}

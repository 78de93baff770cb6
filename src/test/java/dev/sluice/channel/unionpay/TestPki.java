package dev.sluice.channel.unionpay;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Certificates for tests: a root, an intermediate, a signer, and whatever else is asked for. */
final class TestPki {
  static final String SIGNER = "CN=041@Z12@中国银联股份有限公司@00000001,OU=UP,O=CFCA,C=CN";

  private static final AtomicLong SERIAL = new AtomicLong(68_759_529_225L);

  /** Made once: keys take their time. */
  static final TestPki SHARED = new TestPki();

  final Holder root = issue("CN=Test Root", null, true, Duration.ofDays(365), 2_048);
  final Holder middle = issue("CN=Test Middle", root, true, Duration.ofDays(365), 2_048);
  final Holder signer = issue(SIGNER, middle, false, Duration.ofDays(365), 2_048);
  final Holder merchant = issue("CN=Merchant", middle, false, Duration.ofDays(365), 2_048);

  private TestPki() {}

  /** A key and its certificate. */
  record Holder(KeyPair keys, X509Certificate certificate) {}

  /**
   * Issues a certificate.
   *
   * @param issuer null for one that signs itself
   * @param valid from an hour ago; negative for one that ended before now
   */
  static Holder issue(
      String subject, @Nullable Holder issuer, boolean authority, Duration valid, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      KeyPair keys = generator.generateKeyPair();
      Instant end = Instant.now().plus(valid);
      Instant start = end.isBefore(Instant.now()) ? end.minus(Duration.ofDays(1)) : Instant.now();
      X500Name issuedBy =
          issuer == null
              ? new X500Name(subject)
              : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
      var builder =
          new JcaX509v3CertificateBuilder(
              issuedBy,
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(start.minus(Duration.ofHours(1))),
              Date.from(end),
              new X500Name(subject),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      var signs =
          new JcaContentSignerBuilder("SHA256withRSA")
              .build((issuer == null ? keys : issuer.keys()).getPrivate());
      return new Holder(
          keys, new JcaX509CertificateConverter().getCertificate(builder.build(signs)));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new AssertionError(e);
    }
  }
}

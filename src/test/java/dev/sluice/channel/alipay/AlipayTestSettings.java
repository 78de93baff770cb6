package dev.sluice.channel.alipay;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.TestRsa;
import java.math.BigInteger;
import java.net.URI;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys, certificates and settings for tests. */
final class AlipayTestSettings {
  static final String APP_ID = "2021000000000001";
  static final KeyPair APP = TestRsa.of("alipay application");
  static final KeyPair ALIPAY = TestRsa.of("alipay");
  private static final KeyPair ROOT_KEY = TestRsa.of("alipay root");
  private static final String ROOT_NAME = "C=CN, O=Ant, OU=Certification Authority, CN=Root R1";

  static final X509Certificate ROOT = certificate(ROOT_NAME, ROOT_KEY, ROOT_NAME, ROOT_KEY, true);
  static final X509Certificate ALIPAY_CERTIFICATE =
      certificate("C=CN, O=Alipay, CN=支付宝", ALIPAY, ROOT_NAME, ROOT_KEY, false);
  static final X509Certificate APP_CERTIFICATE =
      certificate("C=CN, O=Sluice, CN=app", APP, ROOT_NAME, ROOT_KEY, false);

  private AlipayTestSettings() {}

  static AlipayKeys publicKeyMode() {
    return AlipayKeys.withPublicKey(APP.getPrivate(), ALIPAY.getPublic());
  }

  static AlipayKeys certificateMode() {
    return AlipayKeys.withCertificates(
        APP.getPrivate(),
        APP_CERTIFICATE,
        List.of(ALIPAY_CERTIFICATE),
        List.of(ROOT),
        Instant.now());
  }

  static AlipaySettings of(URI gateway, AlipayKeys keys, Set<String> kinds, Duration callTimeout) {
    return new AlipaySettings(
        AlipaySettings.DEFAULT_NAME,
        gateway,
        APP_ID,
        "2088000000000001",
        keys,
        new ChannelLimits(
            Set.of("CNY"),
            kinds,
            10,
            5_000_000,
            64,
            callTimeout,
            Duration.ofMinutes(10),
            Duration.ofDays(7),
            true),
        "Withdrawal",
        null,
        List.of(),
        Duration.ofMinutes(5),
        false);
  }

  static X509Certificate certificate(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, boolean authority) {
    return certificate(subject, key, issuer, issuerKey.getPrivate(), authority, 365);
  }

  static X509Certificate certificate(
      String subject,
      KeyPair key,
      String issuer,
      PrivateKey issuerKey,
      boolean authority,
      int validDays) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal(issuer),
              new BigInteger("2088" + Integer.toUnsignedString(subject.hashCode())),
              Date.from(now.minus(Duration.ofDays(400))),
              Date.from(now.plus(Duration.ofDays(validDays))),
              new X500Principal(subject),
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(issuerKey)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

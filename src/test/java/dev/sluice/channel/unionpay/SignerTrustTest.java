package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignerTrustTest {
  private static final Duration YEAR = Duration.ofDays(365);
  private final TestPki pki = TestPki.SHARED;
  private final SignerTrust trust =
      new SignerTrust(
          pki.root.certificate(),
          List.of(pki.middle.certificate()),
          Set.of(UnionPaySettings.PRODUCTION_SIGNER));

  @Test
  void trustsTheSignerThatLeadsToThePinnedRoot() {
    assertThat(check(pki.signer.certificate()))
        .isEqualTo(new SignerTrust.Trusted(pki.signer.keys().getPublic()));
  }

  @Test
  void refusesOneWithAnotherName() {
    for (String name :
        List.of(
            "CN=041@Z12@Somebody Else@00000001",
            "CN=中国银联股份有限公司",
            "CN=中国银联股份有限公司@a@b",
            "CN=a@b@x中国银联股份有限公司",
            "O=中国银联股份有限公司")) {
      var other = TestPki.issue(name, pki.middle, false, YEAR, 2_048);
      assertDistrusted("OTHER_SIGNER", check(other.certificate()));
    }
  }

  @Test
  void refusesOneOutOfItsDates() {
    var expired =
        TestPki.issue(TestPki.SIGNER, pki.middle, false, Duration.ofDays(-1), 2_048).certificate();
    assertDistrusted("UNTRUSTED_CERTIFICATE", check(expired));
    Instant now = Instant.now();
    for (Duration off : List.of(Duration.ofDays(366), Duration.ofHours(-2))) {
      assertDistrusted(
          "UNTRUSTED_CERTIFICATE", trust.check(pem(pki.signer.certificate()), now.plus(off)));
    }
  }

  @Test
  void refusesOneOfAnotherAuthorityWhateverItsNames() {
    var otherRoot = TestPki.issue("CN=Test Root", null, true, YEAR, 2_048);
    var otherMiddle = TestPki.issue("CN=Test Middle", otherRoot, true, YEAR, 2_048);
    for (TestPki.Holder issuer : List.of(otherRoot, otherMiddle, pki.root)) {
      var signer = TestPki.issue(TestPki.SIGNER, issuer, false, YEAR, 2_048);
      assertDistrusted("UNTRUSTED_CERTIFICATE", check(signer.certificate()));
    }
  }

  @Test
  void refusesOneThatSignsItself() {
    var alone = TestPki.issue(TestPki.SIGNER, null, false, YEAR, 2_048);
    assertDistrusted("UNTRUSTED_CERTIFICATE", check(alone.certificate()));
  }

  @Test
  void refusesAnAuthorityAndOneIssuedByASigner() {
    var authority = TestPki.issue(TestPki.SIGNER, pki.middle, true, YEAR, 2_048);
    assertDistrusted("NOT_A_SIGNER", check(authority.certificate()));
    assertDistrusted("NOT_A_SIGNER", check(pki.middle.certificate()));
    var child = TestPki.issue(TestPki.SIGNER, pki.signer, false, YEAR, 2_048);
    assertDistrusted("UNTRUSTED_CERTIFICATE", check(child.certificate()));
  }

  @Test
  void refusesAShortKey() {
    var weak = TestPki.issue(TestPki.SIGNER, pki.middle, false, YEAR, 1_024);
    assertDistrusted("WEAK_CERTIFICATE", check(weak.certificate()));
  }

  @Test
  void refusesWhatIsNoCertificateOrMoreThanOne() {
    String right = pem(pki.signer.certificate());
    for (String text :
        List.of(
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            right + right,
            "x" + right,
            right.substring(0, right.length() / 2))) {
      assertDistrusted("ILLEGIBLE_CERTIFICATE", trust.check(text, Instant.now()));
    }
  }

  private SignerTrust.Verdict check(X509Certificate certificate) {
    return trust.check(pem(certificate), Instant.now());
  }

  private static void assertDistrusted(String why, SignerTrust.Verdict verdict) {
    assertThat(verdict).isEqualTo(new SignerTrust.Distrusted(why));
  }

  static String pem(X509Certificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----";
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.sluice.channel.alipay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.TestRsa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class AlipayChannelConfigurationTest {
  private static final String PREFIX = "sluice.channels.alipay.";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(AlipayChannelConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void makesNoChannelWithoutAnApplication() {
    runner.run(context -> assertThat(context).doesNotHaveBean(AlipayChannel.class));
  }

  @Test
  void makesAChannelWithSensibleDefaults() {
    runner
        .withPropertyValues(
            PREFIX + "app-id=2021000000000001",
            PREFIX + "private-key=" + TestRsa.base64(AlipayTestSettings.APP.getPrivate()),
            PREFIX + "alipay-public-key=" + TestRsa.base64(AlipayTestSettings.ALIPAY.getPublic()))
        .run(
            context -> {
              AlipayChannel channel = context.getBean(AlipayChannel.class);
              assertThat(channel.name()).isEqualTo("alipay");
              assertThat(channel.limits().currencies()).containsExactly("CNY");
              assertThat(channel.limits().beneficiaryKinds())
                  .containsExactlyInAnyOrder("ALIPAY", "CARD");
              assertThat(channel.limits().minMinor()).isEqualTo(10);
              assertThat(channel.limits().maxMinor()).isEqualTo(5_000_000);
              assertThat(channel.limits().callTimeout()).isEqualTo(Duration.ofSeconds(10));
              assertThat(channel.limits().acceptanceWindow()).isEqualTo(Duration.ofMinutes(10));
              assertThat(channel.limits().dedupes()).isTrue();
            });
  }

  @Test
  void takesKeysAndCertificatesFromFiles(@TempDir Path folder) throws Exception {
    runner
        .withPropertyValues(
            PREFIX + "app-id=2021000000000001",
            PREFIX + "private-key-file=" + file(folder, "key.pem", pem("PRIVATE KEY")),
            PREFIX + "app-certificate-file=" + file(folder, "app.crt", pem(APP)),
            PREFIX + "alipay-certificate-file=" + file(folder, "alipay.crt", pem(ALIPAY)),
            PREFIX + "root-certificate-file=" + file(folder, "root.crt", pem(ROOT)),
            PREFIX + "scene=佣金报酬",
            PREFIX + "scene-reports[0].type=岗位类型",
            PREFIX + "scene-reports[0].content=骑手")
        .run(context -> assertThat(context).hasSingleBean(AlipayChannel.class));
  }

  @Test
  void saysWhichSettingIsMissingAndNeverShowsAKey() {
    String key = TestRsa.base64(AlipayTestSettings.APP.getPrivate());
    runner
        .withPropertyValues(PREFIX + "app-id=2021000000000001", PREFIX + "private-key=" + key)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining(PREFIX + "app-certificate")
                    .hasMessageNotContaining(key.substring(0, 40)));
    String weak = TestRsa.base64(TestRsa.make(1_024).getPrivate());
    runner
        .withPropertyValues(PREFIX + "app-id=2021000000000001", PREFIX + "private-key=" + weak)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("2048 bits")
                    .hasMessageNotContaining(weak.substring(0, 40)));
  }

  private static final X509Certificate APP = AlipayTestSettings.APP_CERTIFICATE;
  private static final X509Certificate ALIPAY = AlipayTestSettings.ALIPAY_CERTIFICATE;
  private static final X509Certificate ROOT = AlipayTestSettings.ROOT;

  private static String pem(String label) {
    return TestRsa.pem(label, AlipayTestSettings.APP.getPrivate());
  }

  private static String pem(X509Certificate certificate) throws CertificateEncodingException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  private static Path file(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}

package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class UnionPayConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(UnionPayConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void makesNoChannelWithoutItsAddress() {
    runner.run(context -> assertThat(context).doesNotHaveBean(UnionPayChannel.class));
  }

  @Test
  void readsKeysFromFilesAndHasSensibleDefaults(@TempDir Path folder) throws Exception {
    TestPki pki = TestPki.SHARED;
    Path store = folder.resolve("sign.pfx");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "merchant",
        pki.merchant.keys().getPrivate(),
        "000000".toCharArray(),
        new Certificate[] {pki.merchant.certificate()});
    try (OutputStream out = Files.newOutputStream(store)) {
      keys.store(out, "000000".toCharArray());
    }
    Path root = Files.write(folder.resolve("root.cer"), pki.root.certificate().getEncoded());
    Path middle =
        Files.writeString(
            folder.resolve("middle.cer"), SignerTrustTest.pem(pki.middle.certificate()));

    runner
        .withPropertyValues(
            "sluice.channels.unionpay.url=http://127.0.0.1:1",
            "sluice.channels.unionpay.merchant-id=777290058110048",
            "sluice.channels.unionpay.signing-key-store=" + store,
            "sluice.channels.unionpay.signing-key-store-password=000000",
            "sluice.channels.unionpay.root-certificate=" + root,
            "sluice.channels.unionpay.intermediate-certificates=" + middle,
            "sluice.channels.unionpay.back-url=https://sluice.example/v1/callbacks/unionpay")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              UnionPayChannel channel = context.getBean(UnionPayChannel.class);
              assertThat(channel.name()).isEqualTo("unionpay");
              assertThat(channel.limits().currencies()).containsExactly("CNY");
              assertThat(channel.limits().beneficiaryKinds()).containsExactly("CARD");
              assertThat(channel.limits().maxMinor()).isEqualTo(5_000_000);
              assertThat(channel.limits().callTimeout()).isEqualTo(Duration.ofSeconds(10));
              assertThat(channel.limits().acceptanceWindow()).isEqualTo(Duration.ofMinutes(30));
              assertThat(channel.limits().dedupes()).isFalse();
              UnionPayProperties properties = context.getBean(UnionPayProperties.class);
              assertThat(properties.signerNames()).containsExactly("中国银联股份有限公司");
              assertThat(properties.toString()).doesNotContain("000000");
            });
  }

  @Test
  void saysWhichSettingIsMissing() {
    runner
        .withPropertyValues("sluice.channels.unionpay.url=http://127.0.0.1:1")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("sluice.channels.unionpay.merchant-id"));
  }
}

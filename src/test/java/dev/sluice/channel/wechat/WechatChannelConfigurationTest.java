package dev.sluice.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.TestRsa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WechatChannelConfigurationTest {
  private static final String PREFIX = "sluice.channels.wechat.";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(WechatChannelConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  private final ApplicationContextRunner configured =
      runner.withPropertyValues(
          PREFIX + "mch-id=1900000109",
          PREFIX + "app-id=wxf636efh567hg4356",
          PREFIX + "serial=5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
          PREFIX + "scene-id=1005");

  @Test
  void makesNoChannelWithoutAMerchant() {
    runner.run(context -> assertThat(context).doesNotHaveBean(WechatChannel.class));
  }

  @Test
  void makesAChannelWithSensibleDefaults() {
    configured
        .withPropertyValues(
            PREFIX + "private-key=" + TestRsa.base64(WechatTestSettings.MERCHANT.getPrivate()),
            PREFIX + "apiv3-key=" + WechatTestSettings.APIV3_KEY,
            PREFIX
                + "platform-keys[PUB_KEY_ID_1]="
                + TestRsa.base64(WechatTestSettings.PLATFORM.getPublic()))
        .run(
            context -> {
              WechatChannel channel = context.getBean(WechatChannel.class);
              assertThat(channel.name()).isEqualTo("wechat");
              assertThat(channel.limits().beneficiaryKinds()).containsExactly("WECHAT");
              assertThat(channel.limits().minMinor()).isEqualTo(10);
              assertThat(channel.limits().maxMinor()).isEqualTo(2_000_000);
              assertThat(channel.limits().queryWindow()).isEqualTo(Duration.ofDays(7));
            });
  }

  @Test
  void takesKeysFromFiles(@TempDir Path folder) throws Exception {
    Path key = folder.resolve("apiclient_key.pem");
    Files.writeString(key, TestRsa.pem("PRIVATE KEY", WechatTestSettings.MERCHANT.getPrivate()));
    Path apiv3 = folder.resolve("apiv3.txt");
    Files.writeString(apiv3, WechatTestSettings.APIV3_KEY + "\n");
    Path platform = folder.resolve("pub_key.pem");
    Files.writeString(platform, TestRsa.pem("PUBLIC KEY", WechatTestSettings.PLATFORM.getPublic()));
    configured
        .withPropertyValues(
            PREFIX + "private-key-file=" + key,
            PREFIX + "apiv3-key-file=" + apiv3,
            PREFIX + "platform-key-files[PUB_KEY_ID_1]=" + platform)
        .run(context -> assertThat(context).hasSingleBean(WechatChannel.class));
  }

  @Test
  void saysWhatIsMissing() {
    configured.run(
        context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining(PREFIX + "platform-keys"));
    runner
        .withPropertyValues(PREFIX + "mch-id=1900000109")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining(PREFIX + "app-id"));
  }

  @Test
  void wantsAShorterQueryWindowThanWeChatPayRemembers() {
    configured
        .withPropertyValues(
            PREFIX + "private-key=" + TestRsa.base64(WechatTestSettings.MERCHANT.getPrivate()),
            PREFIX + "apiv3-key=" + WechatTestSettings.APIV3_KEY,
            PREFIX
                + "platform-keys[PUB_KEY_ID_1]="
                + TestRsa.base64(WechatTestSettings.PLATFORM.getPublic()),
            PREFIX + "query-window=31d")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("30 days"));
  }
}

package dev.sluice.channel.wechat;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.TestRsa;
import java.net.URI;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keys and settings for tests. */
final class WechatTestSettings {
  static final String MCH_ID = "1900000109";
  static final String APP_ID = "wxf636efh567hg4356";
  static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
  static final String PLATFORM_SERIAL = "PUB_KEY_ID_0119000001092024110100";
  static final String APIV3_KEY = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
  static final KeyPair MERCHANT = TestRsa.of("wechat merchant");
  static final KeyPair PLATFORM = TestRsa.of("wechat platform");

  private WechatTestSettings() {}

  static WechatKeys keys() {
    return keys(Map.of(PLATFORM_SERIAL, PLATFORM.getPublic()), PLATFORM_SERIAL);
  }

  static WechatKeys keys(Map<String, PublicKey> platform, String encryptWith) {
    return new WechatKeys(SERIAL, MERCHANT.getPrivate(), platform, encryptWith, APIV3_KEY);
  }

  static WechatSettings of(URI url, WechatKeys keys, Duration callTimeout) {
    return new WechatSettings(
        WechatSettings.DEFAULT_NAME,
        url,
        MCH_ID,
        APP_ID,
        keys,
        new ChannelLimits(
            Set.of("CNY"),
            Set.of("WECHAT"),
            10,
            2_000_000,
            64,
            callTimeout,
            Duration.ofMinutes(10),
            Duration.ofDays(7),
            true),
        "1005",
        List.of(new WechatSettings.SceneReport("岗位类型", "骑手")),
        "Withdrawal",
        null,
        null,
        200_000,
        "OPERATION",
        Duration.ofMinutes(5),
        false);
  }
}

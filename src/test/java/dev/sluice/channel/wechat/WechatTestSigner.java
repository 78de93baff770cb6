package dev.sluice.channel.wechat;

import com.wechat.pay.java.core.cipher.RSASigner;
import dev.sluice.channel.TestPeer.Said;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Map;

/** WeChat Pay's side, by its own SDK. */
final class WechatTestSigner {
  private WechatTestSigner() {}

  static Said signed(int status, String body) {
    return signed(status, body, WechatTestSettings.PLATFORM_SERIAL, WechatTestSettings.PLATFORM);
  }

  static Said signed(int status, String body, String serial, KeyPair key) {
    String timestamp = Long.toString(Instant.now().getEpochSecond());
    String signature =
        new RSASigner(serial, key.getPrivate())
            .sign(timestamp + "\nnonce\n" + body + "\n")
            .getSign();
    return new Said(
        status,
        Map.of(
            "Content-Type", "application/json",
            "Wechatpay-Timestamp", timestamp,
            "Wechatpay-Nonce", "nonce",
            "Wechatpay-Serial", serial,
            "Wechatpay-Signature", signature),
        body);
  }
}

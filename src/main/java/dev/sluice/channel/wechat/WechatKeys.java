package dev.sluice.channel.wechat;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Our key and WeChat Pay's.
 *
 * @param serial serial number of our API certificate
 * @param merchantKey signs what we send
 * @param platformKeys verify what WeChat Pay says, by the serial number of its certificate or the
 *     id of its public key ({@code PUB_KEY_ID_…}); several while one is replaced by the next
 * @param encryptWith which of them encrypts names, and is asked to sign the replies
 * @param apiV3Key decrypts notifications: 32 bytes
 */
public record WechatKeys(
    String serial,
    PrivateKey merchantKey,
    Map<String, PublicKey> platformKeys,
    String encryptWith,
    String apiV3Key) {
  private static final int API_V3_KEY_BYTES = 32;

  public WechatKeys {
    platformKeys = Map.copyOf(platformKeys);
    if (!serial.matches("[0-9A-Za-z]{1,64}")) {
      throw new IllegalArgumentException("the merchant's certificate serial is letters and digits");
    }
    if (!platformKeys.keySet().stream().allMatch(id -> id.matches("[0-9A-Za-z_]{1,64}"))) {
      throw new IllegalArgumentException("a platform key's serial is letters, digits and _");
    }
    if (!platformKeys.containsKey(encryptWith)) {
      throw new IllegalArgumentException("the platform key to encrypt with isn't among the keys");
    }
    if (apiV3Key.getBytes(StandardCharsets.UTF_8).length != API_V3_KEY_BYTES) {
      throw new IllegalArgumentException("the APIv3 key has exactly 32 bytes");
    }
  }

  @Nullable PublicKey platformKey(String serialOrId) {
    return platformKeys.get(serialOrId);
  }

  @Override
  public String toString() {
    return "WechatKeys[%s, %s]".formatted(serial, platformKeys.keySet());
  }
}

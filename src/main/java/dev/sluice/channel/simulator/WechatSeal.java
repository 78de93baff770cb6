package dev.sluice.channel.simulator;

import dev.sluice.channel.simulator.Answer.Manner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Signs, verifies, encrypts and decrypts as WeChat Pay does. */
final class WechatSeal {
  private static final String SCHEME = "WECHATPAY2-SHA256-RSA2048";
  private static final String ASSOCIATED_DATA = "mch_payment";
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final Pattern FIELD = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final int GCM_TAG_BITS = 128;

  private final WechatSimulation simulation;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  WechatSeal(WechatSimulation simulation, Clock clock) {
    this.simulation = simulation;
    this.clock = clock;
  }

  /** The headers that prove a body, made as they should be or not. */
  Map<String, String> headers(String body, Manner manner) {
    if (manner == Manner.UNSIGNED) {
      return Map.of();
    }
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = nonce(16);
    String sign = Rsa.sign(simulation.platformKey(), timestamp + "\n" + nonce + "\n" + body + "\n");
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Wechatpay-Timestamp", timestamp);
    headers.put("Wechatpay-Nonce", nonce);
    headers.put("Wechatpay-Serial", simulation.platformSerial());
    headers.put("Wechatpay-Signature", manner == Manner.FORGED ? Rsa.forge(sign) : sign);
    headers.put("Wechatpay-Signature-Type", SCHEME);
    return headers;
  }

  /** Whether the merchant signed a request, and just now. */
  boolean isTheMerchants(@Nullable String authorization, String method, String path, byte[] body) {
    if (authorization == null || !authorization.startsWith(SCHEME + " ")) {
      return false;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher matcher = FIELD.matcher(authorization.substring(SCHEME.length()));
    while (matcher.find()) {
      fields.put(matcher.group(1), matcher.group(2));
    }
    String timestamp = fields.getOrDefault("timestamp", "");
    if (!simulation.mchId().equals(fields.get("mchid"))
        || !simulation.merchantSerial().equals(fields.get("serial_no"))
        || !SECONDS.matcher(timestamp).matches()) {
      return false;
    }
    long apart = Math.abs(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
    String message =
        "%s\n%s\n%s\n%s\n%s\n"
            .formatted(
                method,
                path,
                timestamp,
                fields.get("nonce_str"),
                new String(body, StandardCharsets.UTF_8));
    return apart <= CLOCK_SKEW.toSeconds()
        && Rsa.verifies(simulation.merchantKey(), message, fields.get("signature"));
  }

  /** Whether a name, if there is one, is encrypted with our key, and the request says so. */
  boolean canRead(@Nullable String userName, @Nullable String serial) {
    if (userName == null) {
      return true;
    }
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      cipher.init(Cipher.DECRYPT_MODE, simulation.platformKey());
      byte[] name = cipher.doFinal(Base64.getDecoder().decode(userName));
      return name.length > 0 && simulation.platformSerial().equals(serial);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The notification of a finished transfer, its bill encrypted. */
  Map<String, Object> notification(Map<String, Object> bill) {
    String nonce = nonce(6);
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("original_type", ASSOCIATED_DATA);
    resource.put("algorithm", "AEAD_AES_256_GCM");
    resource.put("ciphertext", encrypt(nonce, Json.MAPPER.writeValueAsString(bill)));
    resource.put("associated_data", ASSOCIATED_DATA);
    resource.put("nonce", nonce);
    Map<String, Object> notification = new LinkedHashMap<>();
    notification.put("id", nonce(18));
    notification.put("create_time", clock.instant().toString());
    notification.put("resource_type", "encrypt-resource");
    notification.put("event_type", "MCHTRANSFER.BILL.FINISHED");
    notification.put("summary", "商家转账单据终态通知");
    notification.put("resource", resource);
    return notification;
  }

  private String encrypt(String nonce, String plain) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(simulation.apiV3Key().getBytes(StandardCharsets.UTF_8), "AES"),
          new GCMParameterSpec(GCM_TAG_BITS, nonce.getBytes(StandardCharsets.UTF_8)));
      cipher.updateAAD(ASSOCIATED_DATA.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the APIv3 key can't encrypt", e);
    }
  }

  private String nonce(int bytes) {
    byte[] drawn = new byte[bytes];
    random.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}

package dev.sluice.channel.wechat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code WECHATPAY2-SHA256-RSA2048}: requests are signed over method, path, time, nonce and body,
 * replies and notifications over time, nonce and body; each part ends with a line feed.
 */
final class WechatSignature {
  static final String TIMESTAMP = "Wechatpay-Timestamp";
  static final String NONCE = "Wechatpay-Nonce";
  static final String SIGNATURE = "Wechatpay-Signature";
  static final String SERIAL = "Wechatpay-Serial";
  static final String SCHEME = "WECHATPAY2-SHA256-RSA2048";

  /** WeChat Pay sends bad signatures on purpose, to see whether they are refused. */
  static final String PROBE = "WECHATPAY/SIGNTEST/";

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final Pattern ONE_LINE = Pattern.compile("[\\x21-\\x7E]{1,128}");
  private static final int MAX_SIGNATURE_CHARS = 1_024;
  private static final int NONCE_BYTES = 16;

  private final String mchId;
  private final WechatKeys keys;
  private final Clock clock;
  private final Duration clockSkew;
  private final SecureRandom random = new SecureRandom();

  WechatSignature(WechatSettings settings, Clock clock) {
    this.mchId = settings.mchId();
    this.keys = settings.keys();
    this.clock = clock;
    this.clockSkew = settings.clockSkew();
  }

  /** The value of a request's {@code Authorization}. */
  String authorization(String method, String path, byte[] body) {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    byte[] drawn = new byte[NONCE_BYTES];
    random.nextBytes(drawn);
    String nonce = HexFormat.of().formatHex(drawn);
    return "%s mchid=\"%s\",nonce_str=\"%s\",signature=\"%s\",timestamp=\"%s\",serial_no=\"%s\""
        .formatted(
            SCHEME,
            mchId,
            nonce,
            sign(lines(body, method, path, timestamp, nonce)),
            timestamp,
            keys.serial());
  }

  /**
   * Why a reply or notification isn't WeChat Pay's, or null if it is.
   *
   * @param body the raw bytes
   */
  @Nullable String flaw(
      @Nullable String timestamp,
      @Nullable String nonce,
      @Nullable String signature,
      @Nullable String serial,
      byte[] body) {
    if (timestamp == null || nonce == null || signature == null || serial == null) {
      return "UNSIGNED";
    }
    if (!SECONDS.matcher(timestamp).matches() || !ONE_LINE.matcher(nonce).matches()) {
      return "BAD_TIMESTAMP_OR_NONCE";
    }
    if (signature.startsWith(PROBE)) {
      return "PROBE";
    }
    PublicKey key = keys.platformKey(serial);
    if (key == null) {
      return "UNKNOWN_SERIAL";
    }
    if (!verifies(key, lines(body, timestamp, nonce), signature)) {
      return "BAD_SIGNATURE";
    }
    long apart = Math.abs(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
    return apart > clockSkew.toSeconds() ? "STALE" : null;
  }

  /** Whether the key's owner signed these bytes. */
  static boolean verifies(PublicKey key, byte[] message, String signature) {
    byte[] bytes = decode(signature);
    if (bytes == null) {
      return false;
    }
    try {
      Signature rsa = sha256WithRsa();
      rsa.initVerify(key);
      rsa.update(message);
      return rsa.verify(bytes);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("a platform key can't verify", e);
    } catch (SignatureException e) {
      return false; // not even the form of a signature
    }
  }

  private String sign(byte[] message) {
    try {
      Signature rsa = sha256WithRsa();
      rsa.initSign(keys.merchantKey());
      rsa.update(message);
      return Base64.getEncoder().encodeToString(rsa.sign());
    } catch (InvalidKeyException | SignatureException e) {
      throw new IllegalStateException("the merchant's private key can't sign", e);
    }
  }

  private static byte[] lines(byte[] body, String... before) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (String line : before) {
      message.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    message.writeBytes(body);
    message.write('\n');
    return message.toByteArray();
  }

  /** One signature has one spelling: base64 with stray last bits is refused. */
  private static byte @Nullable [] decode(String signature) {
    if (signature.isEmpty() || signature.length() > MAX_SIGNATURE_CHARS) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(signature);
      byte[] spelt = Base64.getEncoder().encode(bytes);
      return Arrays.equals(spelt, signature.getBytes(StandardCharsets.UTF_8)) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Signature sha256WithRsa() {
    try {
      return Signature.getInstance("SHA256withRSA");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA256withRSA is missing from this Java", e);
    }
  }
}

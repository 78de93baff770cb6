package dev.sluice.channel.bank;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies: lower-case hex HMAC-SHA256 over {@code timestamp \n subject \n body}, where
 * the subject of a request is {@code "POST /payouts"} or the like, and that of a reply or callback
 * the request number.
 */
final class BankSignature {
  static final String TIMESTAMP = "X-Bank-Timestamp";
  static final String SIGNATURE = "X-Bank-Signature";

  /** On callbacks: what the message claims to be about, so that it is verified before parsing. */
  static final String REQUEST_NO = "X-Bank-Request-No";

  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private final SecretKeySpec requestKey;
  private final SecretKeySpec replyKey;
  private final Clock clock;
  private final Duration clockSkew;

  BankSignature(BankSettings settings, Clock clock) {
    this.requestKey = key(settings.requestSecret());
    this.replyKey = key(settings.replySecret());
    this.clock = clock;
    this.clockSkew = settings.clockSkew();
  }

  /** The time to sign with: seconds since 1970. */
  String timestamp() {
    return Long.toString(clock.instant().getEpochSecond());
  }

  /** Signs a request of ours. */
  String sign(String timestamp, String methodAndPath, byte[] body) {
    return hmac(requestKey, timestamp, methodAndPath, body);
  }

  /**
   * Why a reply or callback isn't the bank's, or null if it is.
   *
   * @param body the raw bytes
   */
  @Nullable String flaw(
      @Nullable String timestamp, @Nullable String signature, String requestNumber, byte[] body) {
    if (timestamp == null || signature == null) {
      return "UNSIGNED";
    }
    if (!SECONDS.matcher(timestamp).matches()) {
      return "BAD_TIMESTAMP";
    }
    byte[] expected =
        hmac(replyKey, timestamp, requestNumber, body).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8))) {
      return "BAD_SIGNATURE";
    }
    long apart = Math.abs(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
    return apart > clockSkew.toSeconds() ? "STALE" : null;
  }

  private static String hmac(SecretKeySpec key, String timestamp, String subject, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update((timestamp + "\n" + subject + "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is missing from this Java", e);
    }
  }

  private static SecretKeySpec key(String secret) {
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }
}

package dev.sluice.channel.bank;

import dev.sluice.channel.ChannelLimits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * How to reach a bank and be believed.
 *
 * @param name the channel's name
 * @param url the base below which {@code /payouts} lies; http or https
 * @param merchantId who we are to the bank
 * @param requestSecret HMAC-SHA256 key of our requests, at least 16 bytes in UTF-8
 * @param replySecret HMAC-SHA256 key of the bank's replies and callbacks, at least 16 bytes
 * @param clockSkew how far a message's timestamp may be from our clock, either way
 */
public record BankSettings(
    String name,
    URI url,
    String merchantId,
    String requestSecret,
    String replySecret,
    ChannelLimits limits,
    Duration clockSkew) {
  /** The usual name. */
  public static final String DEFAULT_NAME = "bank";

  /** The usual tolerance. */
  public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofMinutes(5);

  private static final int MIN_SECRET_BYTES = 16;

  public BankSettings {
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("a channel's name is 1 to 32 of a-z, 0-9 and -");
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
      throw new IllegalArgumentException("the bank's url must be an http or https address");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("the bank's url has a scheme, host, port and path only");
    }
    if (merchantId.isBlank()) {
      throw new IllegalArgumentException("the merchant id must not be blank");
    }
    requireSecret("request", requestSecret);
    requireSecret("reply", replySecret);
    if (limits.concurrentCalls() < 1
        || !limits.callTimeout().isPositive()
        || clockSkew.isNegative()) {
      throw new IllegalArgumentException("concurrent calls and times must be positive");
    }
  }

  @Override
  public String toString() {
    return "BankSettings[%s, %s, %s]".formatted(name, url, merchantId);
  }

  private static void requireSecret(String which, String secret) {
    if (secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "the bank's %s secret needs at least %d bytes".formatted(which, MIN_SECRET_BYTES));
    }
  }
}

package dev.sluice.channel.simulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated bank needs to know.
 *
 * @param host where to listen; the control endpoints answer loopback callers only, whatever this is
 * @param port TCP port, 0 for a free one
 * @param journal the file that holds its record; made if missing, owned by one process at a time
 * @param merchantId the one customer it has
 * @param requestSecret HMAC-SHA256 key of requests to the bank, at least 16 bytes in UTF-8
 * @param replySecret HMAC-SHA256 key of its replies and callbacks, at least 16 bytes in UTF-8
 * @param callbackUrl where callbacks go; null until {@link SimulatedBank#sendCallbacksTo} says it
 * @param settleDelay from taking an instruction to paying it and calling back
 */
public record SimulatorSettings(
    String host,
    int port,
    Path journal,
    String merchantId,
    String requestSecret,
    String replySecret,
    @Nullable URI callbackUrl,
    Duration settleDelay) {
  /** The usual settle delay. */
  public static final Duration DEFAULT_SETTLE_DELAY = Duration.ofMillis(50);

  private static final int MIN_SECRET_BYTES = 16;

  public SimulatorSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("the port must be 0 to 65535");
    }
    if (merchantId.isBlank()) {
      throw new IllegalArgumentException("the merchant id must not be blank");
    }
    requireSecret("request", requestSecret);
    requireSecret("reply", replySecret);
    if (settleDelay.isNegative()) {
      throw new IllegalArgumentException("the settle delay must not be negative");
    }
  }

  /** On loopback and a free port, with the usual delay and nowhere to call back yet. */
  public static SimulatorSettings local(
      Path journal, String merchantId, String requestSecret, String replySecret) {
    return new SimulatorSettings(
        "127.0.0.1",
        0,
        journal,
        merchantId,
        requestSecret,
        replySecret,
        null,
        DEFAULT_SETTLE_DELAY);
  }

  @Override
  public String toString() {
    return "SimulatorSettings[%s:%d, %s, %s]".formatted(host, port, journal, merchantId);
  }

  private static void requireSecret(String which, String secret) {
    if (secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "the %s secret needs at least %d bytes".formatted(which, MIN_SECRET_BYTES));
    }
  }
}

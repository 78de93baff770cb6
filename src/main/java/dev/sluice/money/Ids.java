package dev.sluice.money;

import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes time-ordered ids (UUID version 7, RFC 9562 section 5.7). */
public final class Ids {
  private final Clock clock;
  private final RandomGenerator random;

  /** Ids from this clock and randomness; a simulated history hands in both. */
  public Ids(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** The next id. */
  public UUID next() {
    long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** The id as a request number for channels: 32 hexadecimal digits. */
  public static String requestNumber(UUID id) {
    return id.toString().replace("-", "");
  }

  /**
   * The id behind a request number.
   *
   * @throws IllegalArgumentException if it is not 32 lower-case hexadecimal digits
   */
  public static UUID fromRequestNumber(String number) {
    if (number.length() != 32
        || !number.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
      throw new IllegalArgumentException("not a request number");
    }
    return new UUID(
        Long.parseUnsignedLong(number.substring(0, 16), 16),
        Long.parseUnsignedLong(number.substring(16), 16));
  }
}

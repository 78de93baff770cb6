package dev.sluice.payout;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** Growing pauses between questions about an attempt, with jitter so that they don't bunch. */
final class RetryPolicy {
  private static final int JITTER_PERCENT = 20;

  private final List<Duration> pauses;
  private final RandomGenerator random;

  RetryPolicy(List<Duration> pauses, RandomGenerator random) {
    if (pauses.isEmpty()) {
      throw new IllegalArgumentException("sluice.payouts.query-pauses needs at least one pause");
    }
    this.pauses = List.copyOf(pauses);
    this.random = random;
  }

  /** The pause before the question number {@code asked} + 1; the last one repeats. */
  Duration pause(int asked) {
    long millis = pauses.get(Math.min(asked, pauses.size() - 1)).toMillis();
    long jitter = Math.max(1, millis * JITTER_PERCENT / 100);
    return Duration.ofMillis(millis - jitter / 2 + random.nextLong(jitter));
  }
}

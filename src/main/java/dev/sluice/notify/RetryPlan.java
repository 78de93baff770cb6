package dev.sluice.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a failed delivery is tried again. */
final class RetryPlan {
  private static final double JITTER = 0.2;

  private final List<Duration> pauses;
  private final Duration giveUpAfter;
  private final RandomGenerator random;

  RetryPlan(WebhookSettings settings, RandomGenerator random) {
    this.pauses = settings.retryPauses();
    this.giveUpAfter = settings.giveUpAfter();
    this.random = random;
  }

  /**
   * The next try after a failure, or null when patience has ended. The last try is at the very end
   * of it, so that an endpoint that comes back late is still told.
   *
   * @param tries how many there were, the failed one included
   * @param since when patience began
   * @param retryAfter what the endpoint asked for; at most the longest pause is granted
   */
  @Nullable Instant next(int tries, Instant since, Instant now, @Nullable Duration retryAfter) {
    Instant end = since.plus(giveUpAfter);
    if (!now.isBefore(end)) {
      return null;
    }
    Duration planned = pauses.get(Math.clamp(tries - 1L, 0, pauses.size() - 1));
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    Duration pause = Duration.ofMillis((long) (planned.toMillis() * factor));
    if (retryAfter != null && retryAfter.compareTo(pause) > 0) {
      Duration longest = pauses.getLast();
      pause = retryAfter.compareTo(longest) < 0 ? retryAfter : longest;
    }
    Instant next = now.plus(pause);
    return next.isBefore(end) ? next : end;
  }
}

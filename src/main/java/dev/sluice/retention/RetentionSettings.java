package dev.sluice.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When what tells of finished orders moves to the archive.
 *
 * @param enabled whether this instance archives; the archive is read in any case
 * @param keep how long nothing may have happened to a finished order before it is archived; at
 *     least a day
 * @param batch orders looked at in one transaction
 * @param pause the least time from one batch to the next, so that the hot path isn't disturbed; at
 *     most 10 s
 * @param idlePause how long the worker waits when nothing is old enough
 * @param lookAgain how long an order that is old enough, but not finished, is left alone before it
 *     is looked at again
 */
@ConfigurationProperties("sluice.retention")
public record RetentionSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("400d") Duration keep,
    @DefaultValue("200") int batch,
    @DefaultValue("1s") Duration pause,
    @DefaultValue("1m") Duration idlePause,
    @DefaultValue("1d") Duration lookAgain) {
  private static final Duration LEAST_KEPT = Duration.ofDays(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int LARGEST_BATCH = 10_000;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException naming the setting that makes no sense
   */
  public RetentionSettings {
    demand(keep.compareTo(LEAST_KEPT) >= 0, "keep must be at least a day");
    demand(batch >= 1 && batch <= LARGEST_BATCH, "batch must be from 1 to " + LARGEST_BATCH);
    demand(
        !pause.isNegative() && pause.compareTo(LONGEST_PAUSE) <= 0, "pause must be from 0 to 10 s");
    demand(idlePause.isPositive(), "idle-pause must be positive");
    demand(lookAgain.isPositive(), "look-again must be positive");
  }

  private static void demand(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalArgumentException("sluice.retention." + sentence);
    }
  }
}

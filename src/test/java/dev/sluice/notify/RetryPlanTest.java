package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private final RetryPlan plan =
      new RetryPlan(Shop.settings(Duration.ofSeconds(5)), new Random(7)); // 5s, 1m, 12h; 3 days

  @Test
  void pausesGrowAndVaryByAFifth() {
    assertPause(1, Duration.ofSeconds(5));
    assertPause(2, Duration.ofMinutes(1));
    assertPause(3, Duration.ofHours(12));
    assertPause(90, Duration.ofHours(12));
  }

  @Test
  void triesALastTimeAtTheVeryEndAndThenGivesUp() {
    Instant end = START.plus(Duration.ofDays(3));

    assertThat(plan.next(9, START, end.minusSeconds(1), null)).isEqualTo(end);
    assertThat(plan.next(10, START, end, null)).isNull();
  }

  @Test
  void waitsAsLongAsTheEndpointAsksButNoLongerThanTheLongestPause() {
    assertThat(plan.next(1, START, START, Duration.ofMinutes(10)))
        .isEqualTo(START.plus(Duration.ofMinutes(10)));
    assertThat(plan.next(1, START, START, Duration.ofDays(300)))
        .isEqualTo(START.plus(Duration.ofHours(12)));
    assertThat(plan.next(1, START, START, Duration.ZERO)).isAfter(START.plusSeconds(3));
  }

  private void assertPause(int tries, Duration planned) {
    for (int i = 0; i < 50; i++) {
      assertThat(plan.next(tries, START, START, null))
          .isBetween(
              START.plus(planned.multipliedBy(8).dividedBy(10)),
              START.plus(planned.multipliedBy(12).dividedBy(10)));
    }
  }
}

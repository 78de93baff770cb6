package dev.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories on every build: a fixed set, some fresh ones, and those that once found a mistake. */
class SimulatedHistoriesTest {
  private static final int FIXED = 150;
  private static final int FRESH = 150;
  private static final Duration FRESH_AT_MOST = Duration.ofSeconds(25);

  @Test
  void theSameSeedIsTheSameHistory() {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    try (Arena arena = new Arena(Mistake.NONE);
        Arena another = new Arena(Mistake.NONE)) {
      for (long seed = 1; seed <= 6; seed++) {
        first.add(History.run(seed, Integer.MAX_VALUE, arena).hash());
      }
      for (long seed = 6; seed >= 1; seed--) {
        second.addFirst(History.run(seed, Integer.MAX_VALUE, another).hash());
      }
    }
    assertThat(second).isEqualTo(first);
  }

  @Test
  void aFixedSetOfHistoriesIsRightAndMeetsEveryFault() {
    Simulator.Outcome outcome = run(1, FIXED, Duration.ofMinutes(10));

    assertThat(outcome.coverage().voidBecause()).isEmpty();
  }

  @Test
  void freshHistoriesAreRight() {
    long seed = Simulator.freshSeed();
    System.out.println("Fresh histories from seed " + seed);

    run(seed, FRESH, FRESH_AT_MOST);
  }

  private static Simulator.Outcome run(long first, long count, Duration atMost) {
    Simulator.Outcome outcome =
        new Simulator(() -> Mistake.NONE, 2, System.out).run(first, count, atMost);
    History.Result failed = outcome.failed();
    assertThat(outcome.violation())
        .as(
            () ->
                failed == null ? "" : Simulator.tell(Simulator.shrunk(failed, () -> Mistake.NONE)))
        .isEmpty();
    return outcome;
  }
}

package dev.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SimulatorTest {
  private static final long FIRST_SEED = 20_260_301;

  @Test
  void tellsTheShortestPrefixThatStillFails() {
    Planted planted = Planted.FAIL_OVER_ON_TIMEOUT;
    History.Result failed =
        Objects.requireNonNull(
            new Simulator(planted::mistake, 1, System.out)
                .run(FIRST_SEED, 40, Duration.ofMinutes(5))
                .failed());

    History.Result shortest = Simulator.shrunk(failed, planted::mistake);

    assertThat(shortest.violation()).isNotNull();
    assertThat(shortest.steps()).isLessThanOrEqualTo(failed.steps()).isPositive();
    try (Arena arena = new Arena(planted.mistake())) {
      for (int steps = 0; steps < shortest.steps(); steps++) {
        assertThat(History.run(failed.seed(), steps, arena).violation()).isNull();
      }
      assertThat(History.run(failed.seed(), shortest.steps(), arena).violation())
          .isEqualTo(shortest.violation());
    }
    assertThat(Simulator.tell(shortest))
        .contains("FAILED: " + shortest.violation())
        .contains("within %d steps".formatted(shortest.steps()))
        .contains("bin/simulate --seed %d --histories 1".formatted(failed.seed()));
  }

  @Test
  void aRunInWhichAListedFaultNeverHappenedIsVoid() {
    Coverage coverage = everythingOnce();
    coverage.orders(100, 20);
    assertThat(coverage.voidBecause()).isEmpty();

    Coverage without = new Coverage();
    without.orders(100, 100);
    assertThat(without.voidBecause())
        .hasSize(Fault.values().length)
        .contains("DEADLOCK never happened (" + Fault.DEADLOCK.words + ")");
  }

  @Test
  void aRunInWhichLessThanAFifthSucceededIsVoid() {
    Coverage coverage = everythingOnce();
    coverage.orders(100, 19);

    assertThat(coverage.voidBecause())
        .containsExactly("only 19 of 100 orders succeeded, less than 20 %");
  }

  private static Coverage everythingOnce() {
    Coverage coverage = new Coverage();
    for (Fault fault : Fault.values()) {
      coverage.met(fault);
    }
    return coverage;
  }
}

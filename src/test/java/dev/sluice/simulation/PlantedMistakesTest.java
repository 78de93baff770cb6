package dev.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation catches what payout systems get wrong, and soon. */
@Execution(ExecutionMode.CONCURRENT)
class PlantedMistakesTest {
  private static final long FIRST_SEED = 20_260_301;
  private static final int MOST_HISTORIES = 40;

  @ParameterizedTest
  @EnumSource
  void isCaught(Planted planted) {
    Simulator.Outcome outcome =
        new Simulator(planted::mistake, 1, System.out)
            .run(FIRST_SEED, MOST_HISTORIES, Duration.ofMinutes(5));

    System.out.printf(
        "%-30s caught after %d histories: %s%n", planted, outcome.histories(), outcome.violation());
    assertThat(outcome.violation())
        .as("%s: %s", planted, planted.words)
        .containsPattern(planted.sign);
  }
}

package dev.sluice.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few faults on real processes with every build; {@code bin/chaos} does many. */
class ChaosTest {
  private static final double PER_SECOND = 8;

  @TempDir Path work;

  private static Plan.Step step(int atSecond, Kind kind, String target, int millis) {
    return new Plan.Step(Duration.ofSeconds(atSecond), kind, target, Duration.ofMillis(millis));
  }

  @Test
  void clientsLedgerAndBankAgreeAfterFaultsOnRealProcesses() {
    Plan plan =
        new Plan(
            1,
            Duration.ofSeconds(16),
            List.of(
                step(2, Kind.RESET_AFTER_REQUEST, "client-a", 1_500),
                step(3, Kind.RESET_AFTER_REQUEST, "bank-b", 1_500),
                step(4, Kind.KILL, "bank", 500),
                step(5, Kind.RESET_AFTER_REQUEST, "database-b", 1_500),
                step(6, Kind.KILL, "instance-a", 0),
                step(8, Kind.CUT, "callbacks", 2_000),
                step(9, Kind.KILL, "database", 500),
                step(11, Kind.HALF_OPEN, "bank-b", 1_000),
                step(12, Kind.FREEZE, "instance-b", 4_000)));

    Report report = new Chaos(work, plan, PER_SECOND, System.out).run();

    assertThat(report.differences()).as(report.words()).isEmpty();
    assertThat(report.faultsDone()).isEqualTo(plan.steps().size());
    assertThat(report.outcomes().getOrDefault("SUCCESS", 0)).isGreaterThan(20);
  }

  @Test
  void aPlanFollowsFromItsSeedAndHasEverything() {
    Plan plan = Plan.of(7, Duration.ofMinutes(5));

    assertThat(plan).isEqualTo(Plan.of(7, Duration.ofMinutes(5)));
    assertThat(plan.steps()).hasSizeGreaterThan(40);
    assertThat(plan.steps()).extracting(Plan.Step::kind).contains(Kind.values());
    for (Kind kind : List.of(Kind.KILL, Kind.FREEZE)) {
      assertThat(plan.steps())
          .filteredOn(step -> step.kind() == kind)
          .extracting(Plan.Step::target)
          .containsAll(Plan.PROCESSES);
    }
  }
}

package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bank without weekends, with a holiday on a Monday and a Saturday that is worked instead: which
 * statement a payout is on, which one is missed, and who hears of it.
 */
class BusinessDaysTest {
  private static final LocalDate SUNDAY = LocalDate.of(2026, 3, 1);
  private static final LocalDate MONDAY = SUNDAY.plusDays(1);
  private static final LocalDate TUESDAY = SUNDAY.plusDays(2);
  private static final LocalDate SATURDAY = SUNDAY.plusDays(6);

  @TempDir Path directory;
  private TestDatabase database;
  private SettableClock clock;
  private Engine engine;
  private Bench bench;

  @BeforeEach
  void start() {
    database = TestDatabase.create();
    clock = new SettableClock();
    ModelChannel channel = new ModelChannel("bank");
    engine = new Engine(database.dataSource(), clock, channel);
    engine.wallet("user-1", 100_000_00);
    bench = new Bench(database.dataSource(), engine, channel, settings());
  }

  @AfterEach
  void stop() {
    Invariants.check(engine.jdbc);
    engine.close();
    database.close();
  }

  private ReconcileSettings settings() {
    ReconcileSettings all = Bench.settings(directory, "bank");
    ReconcileSettings.Source bank =
        new ReconcileSettings.Source(
            "bank",
            ReconcileSettings.Format.CSV,
            null,
            "CNY",
            false,
            Bench.ZONE,
            LocalTime.MIDNIGHT,
            Duration.ofMinutes(30),
            false,
            List.of(MONDAY),
            List.of(SATURDAY),
            SUNDAY,
            Map.of(),
            Bench.CSV,
            null,
            null,
            FetchSettings.NEVER);
    return new ReconcileSettings(
        all.directory(),
        true,
        all.pollPause(),
        all.longestRun(),
        all.workMemoryMb(),
        all.maxDifferences(),
        1,
        all.matchDays(),
        all.expectAfter(),
        all.limits(),
        Map.of("bank", bank));
  }

  private void turnTo(LocalDate day, int hour, int minute) {
    clock.advance(
        Duration.between(clock.instant(), day.atTime(hour, minute).atZone(Bench.ZONE).toInstant()));
  }

  private double missing() {
    bench.reconciliation.watch();
    return bench.metrics.get("sluice.reconcile.statements.missing").gauge().value();
  }

  private double alarms(String kind) {
    return bench.metrics.counter("sluice.alarms", "kind", kind).count();
  }

  @Test
  void aPayoutOnAWeekendIsOnTheNextBusinessDaysStatement() {
    Row sunday = bench.paid("sunday", 100_00);
    turnTo(MONDAY, 10, 0);
    Row monday = bench.paid("monday", 50_00);
    turnTo(TUESDAY, 9, 0);
    Row tuesday = bench.paid("tuesday", 25_00);
    turnTo(TUESDAY.plusDays(1), 4, 0);

    bench.reconcile(TUESDAY, List.of(sunday, monday, tuesday));

    assertThat(bench.breaks()).isEmpty();
    assertThat(bench.balance("BANK")).isEqualTo(175_00);
    assertThat(bench.balance("CLEARING")).isZero();
  }

  @Test
  void aMovedWorkdayHasAStatementOfItsOwnAndAHolidayHasNone() {
    turnTo(SATURDAY, 10, 0);
    Row saturday = bench.paid("saturday", 100_00);
    turnTo(SATURDAY.plusDays(2), 4, 0);

    bench.upload(MONDAY, Bench.csv(List.of()));
    bench.finish();
    assertThat(bench.reconciliation.reports().files("bank", null, 9))
        .extracting(StatementFile::refusal)
        .containsExactly("WRONG_PERIOD");

    bench.reconcile(SATURDAY, List.of(saturday));
    assertThat(bench.breaks()).isEmpty();
    assertThat(bench.balance("BANK")).isEqualTo(100_00);
  }

  @Test
  void aPayoutAcrossMidnightIsLookedForOnBothDaysWithinTheGraceWindowOnly() {
    turnTo(TUESDAY, 23, 59);
    Row within = bench.paid("within", 100_00);
    Row beyond = bench.paid("beyond", 30_00);
    LocalDate wednesday = TUESDAY.plusDays(1);
    turnTo(wednesday.plusDays(1), 4, 0);

    bench.reconcile(TUESDAY, List.of(beyond));
    assertThat(bench.open())
        .singleElement()
        .satisfies(
            b -> {
              assertThat(b.state()).isEqualTo(Break.State.WAITING);
              assertThat(b.waitUntil()).isEqualTo(wednesday);
            });
    assertThat(engine.reviews.open()).as("nobody is asked while it waits").isZero();

    bench.reconcile(wednesday, List.of(within.at(within.at().plusSeconds(300))));
    assertThat(bench.open()).isEmpty();
    assertThat(bench.balance("BANK")).isEqualTo(130_00);

    LocalDate thursday = wednesday.plusDays(1);
    turnTo(thursday.plusDays(1), 4, 0);
    bench.upload(thursday, Bench.csv(List.of(within.at(within.at().plusSeconds(3600)))));
    bench.finish();
    assertThat(bench.reconciliation.reports().files("bank", null, 1).getFirst().refusal())
        .as("an entry an hour before its day's beginning, and more")
        .isEqualTo("WRONG_PERIOD");
  }

  @Test
  void aMissingStatementRaisesTheAlarmOnceAndOnlyForBusinessDays() {
    turnTo(TUESDAY.plusDays(1), 11, 59);
    assertThat(missing()).as("neither Sunday nor the holiday has one").isZero();

    turnTo(TUESDAY.plusDays(1), 12, 0);
    assertThat(missing()).isOne();
    assertThat(missing()).isOne();
    assertThat(alarms("statement_missing")).isOne();

    bench.reconcile(TUESDAY, List.of());
    assertThat(missing()).isZero();
    turnTo(SATURDAY.plusDays(1), 12, 0);
    assertThat(missing()).as("Wednesday to the worked Saturday").isEqualTo(4);
    assertThat(alarms("statement_missing")).isEqualTo(5);
  }

  @Test
  void moreDifferencesThanTheLimitRaiseTheAlarm() {
    turnTo(TUESDAY, 9, 0);
    Row a = bench.paid("a", 100_00);
    Row b = bench.paid("b", 50_00);
    turnTo(TUESDAY.plusDays(1), 4, 0);

    bench.reconcile(TUESDAY, List.of(a.with(99_00), b));
    assertThat(alarms("statement_differences")).as("one is within the limit").isZero();
    bench.reconcile(TUESDAY, List.of(a.with(99_00), b.with(49_00)));
    assertThat(alarms("statement_differences")).isOne();

    bench.reconciliation.watch();
    assertThat(bench.metrics.get("sluice.reconcile.breaks.open").gauge().value()).isEqualTo(2);
    bench.upload(TUESDAY, "a,b\n");
    bench.finish();
    assertThat(alarms("statement_refused")).isOne();
    assertThat(
            bench
                .metrics
                .counter("sluice.reconcile.refused", "source", "bank", "reason", "wrong_template")
                .count())
        .isOne();
  }
}

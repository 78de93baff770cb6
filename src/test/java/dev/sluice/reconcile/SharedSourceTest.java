package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long statements: how far one is, and what others do meanwhile. */
class SharedSourceTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

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
    bench =
        new Bench(
            database.dataSource(), engine, channel, Bench.settings(directory, "bank", 60_000));
    clock.advance(Duration.ofDays(1));
  }

  @AfterEach
  void stop() {
    engine.close();
    database.close();
  }

  private static String manyFees(int lines) {
    Instant at = DAY.atTime(12, 0).atZone(Bench.ZONE).toInstant();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      rows.add(Row.paid(String.format(Locale.ROOT, "%032x", i), 100, at).with("FEE"));
    }
    return Bench.csv(rows);
  }

  private UUID bring(String csv) {
    return ((Reconciliation.Receipt.Stored) bench.upload(DAY, csv)).file().id();
  }

  private StatementFile.State state(UUID file) {
    return bench.reconciliation.reports().file(file).orElseThrow().state();
  }

  @Test
  void leavesASourceToTheInstanceThatWorksOnIt() throws SQLException {
    UUID file = bring(Bench.csv(List.of()));
    try (Connection other = database.dataSource().getConnection();
        Statement s = other.createStatement()) {
      other.setAutoCommit(false);
      s.execute("select pg_advisory_xact_lock(hashtextextended('statement:bank', 0))");

      assertThat(bench.reconciliation.step()).isZero();

      assertThat(state(file)).isEqualTo(StatementFile.State.RECEIVED);
      other.rollback();
    }
    bench.finish();
    assertThat(state(file)).isEqualTo(StatementFile.State.DONE);
    assertThat(bench.metrics.find("sluice.alarms").counters()).isEmpty();
  }

  @Test
  void tellsHowFarItIs() throws InterruptedException {
    String csv = manyFees(80_000);
    UUID file = bring(csv);
    assertThat(bench.reconciliation.progress(file)).isEmpty();
    Thread worker = Thread.ofPlatform().start(bench::finish);

    Eventually.until(
        "it is in the midst of it",
        () -> {
          Optional<Progress> reading = bench.reconciliation.progress(file);
          return reading.isPresent()
              && reading.get().lines() > 0
              && reading.get().bytes() > 0
              && reading.get().bytes() < csv.length();
        });

    worker.join();
    assertThat(bench.reconciliation.progress(file)).isEmpty();
    assertThat(state(file)).isEqualTo(StatementFile.State.DONE);
    assertThat(bench.report(DAY).currencies().getFirst().totals().feeLines()).isEqualTo(80_000);
  }

  /** By SIGKILL, while its lines are on their way into the database. */
  @Test
  void startsAgainWhenItWasKilledInTheMidstOfItsLines() throws Exception {
    Instant at = DAY.atTime(12, 0).atZone(Bench.ZONE).toInstant();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      Row row = Row.paid(String.format(Locale.ROOT, "%032x", i), 100, at);
      rows.add(i < 5 ? row : row.with("REFUSED"));
    }
    UUID file = bring(Bench.csv(rows));
    Process service = ReconcilingProcess.start(database.url(), directory, clock);
    try {
      Eventually.until("lines are on their way", () -> linesOnTheirWay() > 1_000);
    } finally {
      service.destroyForcibly().waitFor();
    }

    Eventually.until("the database has noticed", bench::nobodyWorks);
    assertThat(state(file)).isEqualTo(StatementFile.State.RECEIVED);
    assertThat(bench.reconciliation.reports().runs(null, null, 9)).isEmpty();

    bench.finish();
    assertThat(state(file)).isEqualTo(StatementFile.State.DONE);
    RunReport.Currency found = bench.report(DAY).currencies().getFirst();
    assertThat(found.totals().paidLines()).isEqualTo(5);
    assertThat(found.totals().refusedLines()).isEqualTo(49_995);
    assertThat(bench.breaks()).hasSize(5);
  }

  private long linesOnTheirWay() {
    Long lines =
        bench.jdbc.queryForObject(
            """
            select coalesce(sum(tuples_processed), 0) from pg_stat_progress_copy
             where datname = current_database()
            """,
            Long.class);
    return lines == null ? 0 : lines;
  }
}

package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What isn't believed, and what a person gets to see of what is. */
class RefusedStatementsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

  @TempDir Path directory;
  private TestDatabase database;
  private SettableClock clock;
  private ModelChannel channel;
  private Engine engine;
  private Bench bench;

  @BeforeEach
  void start() {
    database = TestDatabase.create();
    clock = new SettableClock();
    channel = new ModelChannel("bank");
    engine = new Engine(database.dataSource(), clock, channel);
    engine.wallet("user-1", 100_000_00);
    bench = new Bench(database.dataSource(), engine, channel, directory);
  }

  @AfterEach
  void stop() {
    Invariants.check(engine.jdbc);
    engine.close();
    database.close();
  }

  private StatementFile broughtFor(LocalDate day, String csv) {
    UUID id = ((Reconciliation.Receipt.Stored) bench.upload(day, csv)).file().id();
    bench.finish();
    return bench.reconciliation.reports().file(id).orElseThrow();
  }

  private void isRefused(StatementFile file, String reason, String csv) throws IOException {
    assertThat(file.state()).isEqualTo(StatementFile.State.REFUSED);
    assertThat(file.refusal()).isEqualTo(reason);
    assertThat(file.detail()).isNotBlank();
    assertThat(bench.reconciliation.reports().runs(null, null, 9)).as("nothing came in").isEmpty();
    assertThat(bench.breaks()).isEmpty();
    assertThat(bench.balance("BANK")).isZero();
    assertThat(
            bench.jdbc.queryForList(
                "select detail from review_case where kind = 'STATEMENT'", String.class))
        .singleElement()
        .asString()
        .contains(file.id().toString(), reason);
    EvidenceFiles kept = new EvidenceFiles(directory, engine.vault, 1 << 20);
    try (InputStream in = kept.open(file.id())) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(csv);
    }
  }

  @Test
  void aDayThatIsNotOverIsRefused() throws IOException {
    String csv = Bench.csv(List.of(bench.paid("a", 100_00)));
    isRefused(broughtFor(DAY, csv), "PERIOD_NOT_OVER", csv);
  }

  @Test
  void entriesOfAnotherDayAreRefused() throws IOException {
    Row a = bench.paid("a", 100_00);
    clock.advance(Duration.ofDays(2));
    String csv = Bench.csv(List.of(a));
    isRefused(broughtFor(DAY.plusDays(1), csv), "WRONG_PERIOD", csv);
  }

  @Test
  void aTruncatedListIsRefusedThoughAllOfItMatches() throws IOException {
    String csv = Bench.csv(List.of(bench.paid("a", 100_00)));
    clock.advance(Duration.ofDays(1));
    String cut = csv.substring(0, csv.indexOf("TOTAL"));
    isRefused(broughtFor(DAY, cut), "TRUNCATED", cut);
  }

  @Test
  void aListWithTooManyDifferencesIsNotThisChannels() throws IOException {
    bench = new Bench(database.dataSource(), engine, channel, Bench.settings(directory, "bank", 2));
    Row a = bench.paid("a", 100_00);
    clock.advance(Duration.ofDays(1));
    String csv =
        Bench.csv(List.of(a.with(1_00), Row.paid("f".repeat(32), 1_00, a.at()), a.with(2_00)));
    isRefused(broughtFor(DAY, csv), "TOO_MANY_DIFFERENCES", csv);
  }

  @Test
  void aPersonSeesBothSidesTheTimelineAndTheLine() {
    Row a = bench.paid("a", 100_00);
    clock.advance(Duration.ofDays(1));
    bench.reconcile(DAY, List.of(a.with(99_00)));

    JsonNode evidence =
        JsonMapper.shared()
            .readTree(
                bench.jdbc.queryForObject(
                    "select evidence::text from review_case where kind = 'STATEMENT'",
                    String.class));
    assertThat(evidence.path("kind").asString()).isEqualTo("AMOUNT_DIFFERS");
    assertThat(evidence.path("ours").asString()).contains("100.00");
    assertThat(evidence.path("theirs").asString()).contains("99.00");
    assertThat(evidence.at("/line/number").asInt()).isOne();
    assertThat(evidence.at("/line/kind").asString()).isEqualTo("PAID");
    assertThat(evidence.at("/line/amount").asString()).contains("99.00");
    assertThat(evidence.at("/line/reference").asString()).isEqualTo(a.reference());
    assertThat(evidence.at("/line/beneficiary").asString()).isEqualTo("6222******1234");
    assertThat(evidence.at("/line/bookedAt").asString()).startsWith("2026-03-01T");
    assertThat(evidence.path("timeline").size()).isGreaterThan(3);
  }

  @Test
  void theDatabaseForgetsNothingAndLetsNobodyApproveTheirOwn() {
    Row a = bench.paid("a", 100_00);
    clock.advance(Duration.ofDays(1));
    bench.reconcile(DAY, List.of(a.with(99_00)));

    for (String sql :
        List.of(
            "delete from statement_file",
            "delete from statement_run",
            "delete from statement_line",
            "delete from statement_unconfirmed",
            "delete from statement_break",
            "update statement_total set paid_minor = 0",
            "update statement_unconfirmed set attempt_id = run_id",
            "update statement_break set state = 'CLOSED'",
            "update statement_break set state = 'CLOSED', decision = 'WRITE_OFF',"
                + " proposed_by = 'me', closed_by = 'me', closed_at = now()")) {
      assertThatThrownBy(() -> bench.jdbc.update(sql))
          .as(sql)
          .isInstanceOf(DataAccessException.class);
    }
  }
}

package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileTest {
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

  private void nextDay() {
    clock.advance(Duration.ofHours(20));
  }

  @Test
  void whatMatchesMovesFromClearingToBankAndLeavesNoRow() {
    Row a = bench.paid("a", 100_00);
    Row b = bench.paid("b", 50_00);
    assertThat(bench.balance("CLEARING")).isEqualTo(150_00);
    nextDay();

    bench.reconcile(DAY, List.of(a, b));

    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isEqualTo(150_00);
    assertThat(bench.breaks()).isEmpty();
    assertThat(bench.jdbc.queryForObject("select count(*) from statement_line", Long.class))
        .isZero();
    RunReport report = bench.report(DAY);
    assertThat(report.currencies().getFirst().matchedLines()).isEqualTo(2);
    assertThat(report.currencies().getFirst().matchedMinor()).isEqualTo(150_00);
    assertThat(report.finishedAt()).isNotNull();
  }

  @Test
  void theSameFileTwiceChangesNothing() {
    Row a = bench.paid("a", 100_00);
    nextDay();
    bench.reconcile(DAY, List.of(a));

    assertThat(bench.reconcile(DAY, List.of(a))).isInstanceOf(Reconciliation.Receipt.Known.class);

    assertThat(bench.balance("BANK")).isEqualTo(100_00);
    assertThat(bench.reconciliation.reports().runs(null, null, 10)).hasSize(1);
  }

  @Test
  void daysWithoutPayoutsHaveAListEachThoughTheirBytesAreTheSame() {
    nextDay();
    nextDay();

    bench.reconcile(DAY, List.of());

    assertThat(bench.reconcile(DAY.plusDays(1), List.of()))
        .isInstanceOf(Reconciliation.Receipt.Stored.class);
    assertThat(bench.reconciliation.reports().runs(null, null, 10)).hasSize(2);
    assertThat(bench.reconcile(DAY.plusDays(1), List.of()))
        .isInstanceOf(Reconciliation.Receipt.Known.class);
  }

  @Test
  void aListThatACorrectedOneHadReplacedCountsAgainWhenAPersonSaysSo() {
    Row a = bench.paid("a", 100_00);
    nextDay();
    bench.reconcile(DAY, List.of(a));
    bench.reconcile(DAY, List.of(a.with(99_00)));
    assertThat(bench.balance("BANK")).isZero();

    Reconciliation.Receipt first = bench.reconcile(DAY, List.of(a));
    assertThat(bench.balance("BANK")).isZero();
    assertThat(
            bench.reconciliation.readAgain(
                ((Reconciliation.Receipt.Known) first).file().id(), null))
        .isTrue();
    bench.finish();

    assertThat(bench.balance("BANK")).isEqualTo(100_00);
    assertThat(bench.open()).isEmpty();
    assertThat(bench.report(DAY).version()).isEqualTo(3);
  }

  /** It failed, say, or another instance was at it for long. */
  @Test
  void aListThatIsReadAfterItsCorrectionDoesNotTakeItsPlace() {
    Row a = bench.paid("a", 100_00);
    nextDay();
    bench.upload(DAY, Bench.csv(List.of(a.with(99_00))));
    engine.jdbc.update("update statement_file set state = 'DONE'"); // held up
    bench.reconcile(DAY, List.of(a));
    engine.jdbc.update(
        "update statement_file set state = 'RECEIVED' where id not in (select file_id from"
            + " statement_run)");
    bench.finish();

    assertThat(bench.open()).isEmpty();
    assertThat(bench.report(DAY).version()).isEqualTo(1);
    assertThat(bench.reconciliation.reports().runs(null, null, 10)).hasSize(2);
    assertThat(bench.balance("BANK")).isEqualTo(100_00);
  }

  @Test
  void aListThatCameTooEarlyIsReadWhenItComesAgain() {
    Row a = bench.paid("a", 100_00);
    bench.reconcile(DAY, List.of(a));
    assertThat(bench.balance("BANK")).isZero();
    nextDay();

    bench.reconcile(DAY, List.of(a));

    assertThat(bench.balance("BANK")).isEqualTo(100_00);
    assertThat(bench.balance("CLEARING")).isZero();
  }

  @Test
  void aCorrectedFileMakesANewVersionAndOnlyItsDifferencesCount() {
    Row a = bench.paid("a", 100_00);
    Row b = bench.paid("b", 50_00);
    nextDay();
    bench.reconcile(DAY, List.of(a.with(99_00)));
    assertThat(bench.open())
        .extracting(Break::kind)
        .containsExactlyInAnyOrder(Break.Kind.AMOUNT_DIFFERS, Break.Kind.MISSING_AT_CHANNEL);

    bench.reconcile(DAY, List.of(a, b));

    assertThat(bench.open()).isEmpty();
    assertThat(bench.report(DAY).version()).isEqualTo(2);
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isEqualTo(150_00);
    assertThat(engine.reviews.open()).isZero();
  }

  @Test
  void settlesWhatIsUnderWayHereAndPaidThere() {
    channel.onInstruct((world, number) -> new Outcome.Unknown(Outcome.Why.TIMEOUT, "TIMEOUT"));
    Withdrawal order = engine.accepted("user-1", "a", 100_00);
    engine.payouts.dispatchOnce();
    Row line = Row.paid(engine.requestNumber(order.id()), 100_00, clock.instant());
    nextDay();

    bench.reconcile(DAY, List.of(line));

    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isEqualTo(100_00);
    assertThat(bench.breaks())
        .singleElement()
        .satisfies(
            b -> {
              assertThat(b.kind()).isEqualTo(Break.Kind.STATUS_DIFFERS);
              assertThat(b.closedBy()).isEqualTo("system");
            });
    assertThat(engine.reviews.open()).isZero();
    // By our books it was paid a day later; that day's list needn't have it, too.
    nextDay();
    nextDay();
    bench.reconcile(DAY.plusDays(1), List.of());
    assertThat(bench.open()).isEmpty();
  }

  @Test
  void releasesWhatIsRefusedThereOnlyAfterTheQueryWindow() {
    channel.onInstruct((world, number) -> new Outcome.Unknown(Outcome.Why.TIMEOUT, "TIMEOUT"));
    Withdrawal order = engine.accepted("user-1", "a", 100_00);
    engine.payouts.dispatchOnce();
    Row line = Row.paid(engine.requestNumber(order.id()), 100_00, clock.instant()).with("REFUSED");
    nextDay();
    bench.reconcile(DAY, List.of(line));
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(bench.open()).extracting(Break::state).containsExactly(Break.State.WAITING);

    clock.advance(Duration.ofDays(9));
    bench.finish();
    engine.settle();

    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.account("user-1").available().minor()).isEqualTo(100_000_00);
    assertThat(bench.open()).isEmpty();
  }

  @Test
  void refundsWhatTheStatementSaysCameBackOnce() {
    Row paid = bench.paid("a", 100_00);
    Row returned = new Row(paid.number(), "return-1", 100_00, "RETURNED", "", paid.at());
    nextDay();

    bench.reconcile(DAY, List.of(paid, returned));
    engine.callback("bank", paid.number(), "RETURNED", 100_00, "return-1");

    assertThat(engine.account("user-1").available().minor()).isEqualTo(100_000_00);
    assertThat(bench.open()).isEmpty();
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isZero();
    assertThat(engine.reviews.open()).isZero();
  }

  @Test
  void booksWhatWasPaidAfterARelease() {
    channel.onInstruct((world, number) -> new Outcome.Refused("CLOSED", "closed", true));
    Withdrawal order = engine.accepted("user-1", "a", 100_00);
    engine.settle();
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    Row line = Row.paid(engine.requestNumber(order.id()), 100_00, clock.instant());
    nextDay();

    bench.reconcile(DAY, List.of(line));

    assertThat(bench.open()).extracting(Break::kind).containsExactly(Break.Kind.STATUS_DIFFERS);
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isEqualTo(100_00);
  }

  @Test
  void twoPersonsResolveABreakAndItsTransfersSayWhy() {
    Row a = bench.paid("a", 100_00);
    nextDay();
    bench.reconcile(DAY, List.of(a.with(99_00)));
    Break found = bench.open().getFirst();
    assertThat(engine.reviews.open()).isOne();

    assertThat(
            bench.reconciliation.propose(
                found.id(), found.version(), Break.Decision.RECOVER, "no", "maker"))
        .isInstanceOf(Resolution.Result.NotPossible.class);
    Break proposed =
        ((Resolution.Result.Done)
                bench.reconciliation.propose(
                    found.id(),
                    found.version(),
                    Break.Decision.WRITE_OFF,
                    "the channel kept a fee",
                    "maker"))
            .now();
    assertThat(bench.reconciliation.approve(found.id(), proposed.version(), "maker"))
        .isInstanceOf(Resolution.Result.NotPossible.class);
    assertThat(bench.reconciliation.approve(found.id(), proposed.version(), "checker"))
        .isInstanceOf(Resolution.Result.Done.class);
    assertThat(bench.reconciliation.approve(found.id(), proposed.version(), "checker"))
        .isInstanceOf(Resolution.Result.NotPossible.class);

    assertThat(bench.open()).isEmpty();
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(bench.balance("BANK")).isEqualTo(99_00);
    assertThat(bench.balance("FEES")).isEqualTo(1_00);
    assertThat(engine.reviews.open()).isZero();
    bench.reconcile(DAY, List.of(a.with(99_00), new Row(null, "fee", 5, "FEE", "", a.at())));
    assertThat(bench.report(DAY).version()).isEqualTo(2);
    assertThat(bench.open().stream().filter(b -> b.kind() == Break.Kind.AMOUNT_DIFFERS)).isEmpty();
  }

  @Test
  void givesBackToTheUserWhatTheChannelNeverPaid() {
    bench.paid("a", 100_00);
    nextDay();
    bench.reconcile(DAY, List.of());
    Break found = bench.open().getFirst();
    assertThat(found.kind()).isEqualTo(Break.Kind.MISSING_AT_CHANNEL);

    bench.reconciliation.propose(
        found.id(), found.version(), Break.Decision.RETURN_TO_USER, "never paid", "maker");
    bench.reconciliation.approve(found.id(), found.version() + 1, "checker");

    assertThat(engine.account("user-1").available().minor()).isEqualTo(100_000_00);
    assertThat(bench.balance("CLEARING")).isZero();
    bench.finish();
    assertThat(bench.open()).isEmpty();
  }
}

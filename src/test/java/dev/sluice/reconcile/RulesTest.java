package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is matched without a number in common, what isn't, and what is left in clearing. */
class RulesTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final String CARD = "6222**********1234";

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

  private void batched(String reference) {
    channel.onInstruct(
        (world, number) -> {
          Outcome.Paid paid = (Outcome.Paid) world.pay(number);
          return new Outcome.Paid(paid.amount(), paid.beneficiary(), reference);
        });
  }

  private Row oneLine(String reference, long minor) {
    return new Row(null, reference, minor, "PAID", "", clock.instant());
  }

  private List<Break.Kind> openKinds() {
    return bench.open().stream().map(Break::kind).sorted().toList();
  }

  @Test
  void oneLineOfABankMatchesTheWholeFileOfPayoutsBehindIt() {
    batched("FILE-7");
    bench.paid("a", 100_00);
    bench.paid("b", 50_00);
    bench.paid("c", 25_00);
    batched("FILE-8");
    bench.paid("d", 10_00);
    bench.paid("e", 10_00);
    Row seven = oneLine("FILE-7", 175_00);
    Row eight = oneLine("FILE-8", 20_00);
    clock.advance(Duration.ofHours(20));

    bench.reconcile(DAY, List.of(eight, seven));

    assertThat(bench.open()).isEmpty();
    assertThat(bench.balance("BANK")).isEqualTo(195_00);
    assertThat(byAge()).isEmpty();
    assertThat(bench.balance("CLEARING")).isZero();
    assertThat(engine.reviews.open()).isZero();
  }

  @Test
  void oneLineThatIsNotTheSumOfItsFileMatchesNoneOfIt() {
    batched("FILE-7");
    bench.paid("a", 100_00);
    bench.paid("b", 50_00);
    Row line = oneLine("FILE-7", 140_00);
    clock.advance(Duration.ofHours(20));
    bench.reconcile(DAY, List.of(line));
    // The night after, too, so that nothing waits for the neighbouring day.
    clock.advance(Duration.ofDays(1));
    bench.reconcile(DAY.plusDays(1), List.of());

    assertThat(openKinds())
        .containsExactly(
            Break.Kind.MISSING_AT_CHANNEL, Break.Kind.MISSING_AT_CHANNEL, Break.Kind.MISSING_HERE);
    assertThat(bench.balance("BANK")).isZero();
    assertThat(bench.balance("CLEARING")).isEqualTo(150_00);
  }

  @Test
  void aLineWithoutANumberThatFitsTwoPayoutsIsNotGuessed() {
    bench.paid("a", 100_00);
    bench.paid("b", 100_00);
    Row line = new Row(null, "x", 100_00, "PAID", CARD, clock.instant());
    clock.advance(Duration.ofHours(20));

    bench.reconcile(DAY, List.of(line));

    assertThat(openKinds())
        .containsExactly(
            Break.Kind.MISSING_AT_CHANNEL, Break.Kind.MISSING_AT_CHANNEL, Break.Kind.MISSING_HERE);
    assertThat(bench.balance("BANK")).isZero();
  }

  @Test
  void aLineWithoutANumberMustShowTheBeneficiaryAndLieWithinTheDateWindow() {
    Row a = bench.paid("a", 100_00);
    Row b = bench.paid("b", 50_00);
    Instant late = a.at().plus(Duration.ofDays(3));
    Instant tooLate = a.at().plus(Duration.ofDays(4));
    clock.advance(Duration.ofDays(6));

    bench.reconcile(DAY, List.of());
    bench.reconcile(
        DAY.plusDays(3),
        List.of(
            new Row(null, "x", 100_00, "PAID", CARD, late),
            new Row(null, "y", 50_00, "PAID", "6222**********9999", late)));
    bench.reconcile(
        DAY.plusDays(4), List.of(new Row(null, "z", 50_00, "PAID", b.beneficiary(), tooLate)));

    assertThat(bench.balance("BANK")).as("the first alone").isEqualTo(100_00);
    assertThat(byAge()).containsExactly("2026-03-01 1 50.00 true");
    assertThat(bench.open().stream().filter(o -> o.kind() == Break.Kind.MISSING_HERE).toList())
        .hasSize(2);
  }

  @Test
  void feesAreCountedAndMoveNothing() {
    Row a = bench.paid("a", 100_00);
    Row fee = new Row(null, "fee-1", 1_50, "FEE", "", a.at());
    clock.advance(Duration.ofHours(20));

    bench.reconcile(DAY, List.of(a, fee));

    RunReport.Currency cny = bench.report(DAY).currencies().getFirst();
    assertThat(cny.totals().feeLines()).isOne();
    assertThat(cny.totals().feeMinor()).isEqualTo(1_50);
    assertThat(bench.breaks()).isEmpty();
    assertThat(bench.balance("BANK")).isEqualTo(100_00);
  }

  @Test
  void clearingShowsByAgeWhatNoStatementConfirmsUntilSomebodyDecides() {
    Row a = bench.paid("a", 100_00);
    bench.paid("b", 50_00);
    clock.advance(Duration.ofDays(2));
    bench.paid("c", 30_00);
    assertThat(byAge()).containsExactly("2026-03-03 1 30.00 false", "2026-03-01 2 150.00 false");

    bench.reconcile(DAY, List.of(a));
    assertThat(byAge()).containsExactly("2026-03-03 1 30.00 false", "2026-03-01 1 50.00 true");

    clock.advance(Duration.ofDays(60));
    assertThat(byAge())
        .as("however old it is")
        .containsExactly("2026-03-03 1 30.00 false", "2026-03-01 1 50.00 true");

    bench.reconcile(DAY.plusDays(1), List.of());
    Break found = bench.open().getFirst();
    bench.reconciliation.propose(
        found.id(), found.version(), Break.Decision.WRITE_OFF, "the channel is gone", "maker");
    assertThat(bench.reconciliation.approve(found.id(), found.version() + 1, "checker"))
        .isInstanceOf(Resolution.Result.Done.class);
    assertThat(byAge()).containsExactly("2026-03-03 1 30.00 false");
    assertThat(bench.balance("CLEARING")).isEqualTo(30_00);
  }

  private List<String> byAge() {
    List<Reports.Unconfirmed> all = bench.reconciliation.reports().unconfirmed("bank");
    assertThat(all.stream().mapToLong(Reports.Unconfirmed::minor).sum())
        .isEqualTo(bench.balance("CLEARING"));
    return all.stream()
        .map(
            u ->
                "%s %d %s %s"
                    .formatted(
                        u.day(),
                        u.payouts(),
                        dev.sluice.money.Money.ofMinor(u.minor(), u.currency()).decimal(),
                        u.stated()))
        .toList();
  }
}

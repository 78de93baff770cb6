package dev.sluice.payout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.payout.ReviewDecisions.Result;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReviewDecisionsTest {
  private final TestDatabase database = TestDatabase.create();
  private final SettableClock clock = new SettableClock();
  private final ModelChannel bank = new ModelChannel("bank");
  private final Engine engine = new Engine(database.dataSource(), clock, bank);
  private ReviewDecisions decisions;

  @BeforeEach
  void openWallet() {
    engine.wallet("u1", 1_000_000);
    decisions = engine.payouts.decisions();
  }

  @AfterEach
  void close() {
    Invariants.check(engine.jdbc);
    engine.close();
    database.close();
  }

  private UUID caseOf(Withdrawal order, String kind) {
    return Objects.requireNonNull(
        engine.jdbc.queryForObject(
            "select id from review_case where withdrawal_id = ? and kind = ? and state <>"
                + " 'RESOLVED'",
            UUID.class,
            order.id(),
            kind));
  }

  private Withdrawal unknownTooLong() {
    bank.onInstruct((world, number) -> new Outcome.Unknown(Why.TIMEOUT, "T"))
        .onQuery((world, number) -> new Outcome.Unknown(Why.CHANNEL_ERROR, "E"));
    Withdrawal order = engine.accepted("u1", "k1", 50_000);
    engine.settle();
    clock.advance(Duration.ofDays(8));
    engine.settle();
    return order;
  }

  private void decide(UUID id, Decision decision) {
    assertThat(decisions.propose(id, decision, "proof", "maker")).isInstanceOf(Result.Done.class);
    assertThat(decisions.approve(id, "seen", "checker")).isInstanceOf(Result.Done.class);
    engine.settle();
  }

  @Test
  void takesTwoPeople() {
    Withdrawal order = unknownTooLong();
    UUID id = caseOf(order, "UNKNOWN_TOO_LONG");
    assertThat(decisions.approve(id, "x", "maker")).isInstanceOf(Result.NotPossible.class);
    decisions.propose(id, Decision.PAID, "bank's letter", "maker");
    assertThat(decisions.approve(id, "x", "maker")).isInstanceOf(Result.NotPossible.class);
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(decisions.reject(id, "letter of another order", "checker"))
        .isInstanceOf(Result.Done.class);
    assertThat(decisions.approve(id, "x", "checker")).isInstanceOf(Result.NotPossible.class);
  }

  @Test
  void settlesOnceWhatTwoPeopleSayWasPaid() {
    Withdrawal order = unknownTooLong();
    UUID id = caseOf(order, "UNKNOWN_TOO_LONG");
    decide(id, Decision.PAID);
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(decisions.approve(id, "again", "checker")).isInstanceOf(Result.NotPossible.class);
    assertThat(engine.ledger.transfers(order.id())).hasSize(1);
  }

  @Test
  void releasesWhatTwoPeopleSayWasNotPaid() {
    Withdrawal order = unknownTooLong();
    decide(caseOf(order, "UNKNOWN_TOO_LONG"), Decision.NOT_PAID);
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.account("u1").available().minor()).isEqualTo(1_000_000);
  }

  @Test
  void doesNotJustNoteACaseThatAnOpenOrderWaitsFor() {
    Withdrawal order = unknownTooLong();
    assertThat(
            decisions.propose(
                caseOf(order, "UNKNOWN_TOO_LONG"), Decision.NOTED, "leave it", "maker"))
        .isInstanceOf(Result.NotPossible.class);
  }

  @Test
  void letsNobodyDecideWhileTheChannelIsAskedAboutItsContradiction() {
    ModelChannel backup = new ModelChannel("backup");
    bank.onInstruct((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false))
        .onQuery((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    try (Engine two = new Engine(database.dataSource(), clock, bank, backup)) {
      Withdrawal order = two.accepted("u1", "asked", 50_000);
      two.payouts.dispatchOnce();
      String number = two.requestNumber(order.id());
      two.callback("backup", number, "PAID", 50_000, "a stranger's");
      UUID id = caseOf(order, "CONTRADICTION");
      two.callback("bank", number, "PAID", 50_000, "late");
      ReviewDecisions decided = two.payouts.decisions();
      for (Decision decision : List.of(Decision.PAID, Decision.NOT_PAID, Decision.NEXT_CHANNEL)) {
        assertThat(decided.propose(id, decision, "x", "maker"))
            .isEqualTo(
                new Result.NotPossible(
                    "The channel contradicted itself and is being asked: wait for its answer."));
      }
      two.settle();
      assertThat(decided.propose(id, Decision.NEXT_CHANNEL, "letter", "maker"))
          .isInstanceOf(Result.Done.class);
      assertThat(decided.approve(id, "seen", "checker")).isInstanceOf(Result.Done.class);
      two.settle();
      assertThat(two.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
      assertThat(backup.payments()).isEqualTo(1);
    }
  }

  @Test
  void letsNobodyDecideAboutTheirOwnOrder() {
    Withdrawal order = unknownTooLong();
    UUID id = caseOf(order, "UNKNOWN_TOO_LONG");
    assertThat(decisions.propose(id, Decision.PAID, "mine", "u1"))
        .isInstanceOf(Result.NotPossible.class);
    decisions.propose(id, Decision.PAID, "letter", "maker");
    assertThat(decisions.approve(id, "mine", "u1")).isInstanceOf(Result.NotPossible.class);
  }

  @Test
  void asksAgainWhenTwoPeopleWantTo() {
    Withdrawal order = unknownTooLong();
    bank.onQuery((world, number) -> world.pay(number));
    decide(caseOf(order, "UNKNOWN_TOO_LONG"), Decision.KEEP_ASKING);
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
  }

  @Test
  void chargesTheUserOnceForALateSuccess() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = engine.accepted("u1", "k1", 50_000);
    engine.settle();
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_000, "late");
    UUID id = caseOf(order, "LATE_SUCCESS");
    assertThat(decisions.propose(id, Decision.NOT_PAID, "x", "maker"))
        .isInstanceOf(Result.NotPossible.class);
    decide(id, Decision.CHARGE_USER);
    assertThat(engine.account("u1").available().minor()).isEqualTo(950_000);
    assertThat(
            engine.jdbc.queryForObject(
                "select sum(e.amount) from ledger_entry e join account a on a.id = e.account_id"
                    + " where a.kind = 'RECEIVABLE'",
                Long.class))
        .isZero();
  }

  @Test
  void stopsAfterThreeFailedReleasesAndGoesOnWhenTwoPeopleSayRetry() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    // The database refuses the release, whatever the engine does.
    engine.jdbc.execute(
        "alter table transfer add constraint planted check (kind <> 'RELEASE') not valid");
    Withdrawal order = engine.accepted("u1", "k1", 50_000);
    engine.settle();
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(10));
      engine.settle();
    }
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(engine.account("u1").held().minor()).isEqualTo(50_000);
    assertThat(
            engine.jdbc.queryForObject(
                "select tries from compensation where state = 'STOPPED'", Integer.class))
        .isEqualTo(3);
    UUID id = caseOf(order, "COMPENSATION_FAILED");
    engine.jdbc.execute("alter table transfer drop constraint planted");
    decide(id, Decision.RETRY);
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.account("u1").available().minor()).isEqualTo(1_000_000);
  }

  @Test
  void writesTheReleaseDownBeforeItIsDone() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = engine.accepted("u1", "k1", 50_000);
    engine.payouts.dispatchOnce();
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(
            engine.jdbc.queryForList(
                "select direction || ' ' || what from order_log", String.class))
        .containsExactly("BACKWARD release");
    engine.payouts.compensateOnce();
    engine.payouts.compensateOnce();
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.ledger.transfers(order.id())).hasSize(1);
  }
}

package dev.sluice.payout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.HandOver;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.ledger.Transfer;
import dev.sluice.money.Money;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayoutTest {
  private final TestDatabase database = TestDatabase.create();
  private final SettableClock clock = new SettableClock();
  private final ModelChannel bank = new ModelChannel("bank");
  private final ModelChannel backup = new ModelChannel("backup");
  private final Engine engine = new Engine(database.dataSource(), clock, bank, backup);

  @BeforeEach
  void openWallet() {
    engine.wallet("u1", 1_000_000);
  }

  @AfterEach
  void close() {
    Invariants.check(engine.jdbc);
    engine.close();
    database.close();
  }

  private Withdrawal order() {
    return engine.accepted("u1", "k1", 50_000);
  }

  private WithdrawalState state(Withdrawal order) {
    return engine.find(order.id()).status();
  }

  private void passes(Duration time) {
    clock.advance(time);
    engine.settle();
  }

  private List<String> openCases(UUID order) {
    return engine.jdbc.queryForList(
        "select kind from review_case where withdrawal_id = ? and state <> 'RESOLVED'",
        String.class,
        order);
  }

  @Test
  void postsTheHoldWhenTheChannelPaid() {
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(engine.account("u1").held().minor()).isZero();
    assertThat(engine.account("u1").available().minor()).isEqualTo(950_000);
    assertThat(
            engine.jdbc.queryForObject(
                "select sum(e.amount) from ledger_entry e join account a on a.id = e.account_id"
                    + " where a.kind = 'CLEARING' and a.owner = 'bank'",
                Long.class))
        .isEqualTo(50_000);
    assertThat(bank.payments()).isEqualTo(1);
    assertThat(backup.sent()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void neverTurnsUnknownIntoFailureNorUsesTheBackup(Why why) {
    bank.onInstruct((world, number) -> new Outcome.Unknown(why, "X"))
        .onQuery(
            (world, number) -> new Outcome.Unknown(why == Why.NOT_FOUND ? Why.TIMEOUT : why, "X"));
    Withdrawal order = order();
    engine.settle();
    for (int i = 0; i < 10; i++) {
      passes(Duration.ofMinutes(10));
      assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    }
    assertThat(backup.sent()).isEmpty();
    assertThat(bank.sent()).hasSize(1);
    assertThat(engine.account("u1").held().minor()).isEqualTo(50_000);
  }

  @Test
  void findsByQueryWhatWasPaidBeforeATimeout() {
    bank.onInstruct(
        (world, number) -> {
          world.pay(number);
          return new Outcome.Unknown(Why.TIMEOUT, "TIMEOUT");
        });
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    passes(Duration.ofSeconds(3));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bank.sent()).hasSize(1);
  }

  @Test
  void sendsALostRequestAgainUnderTheSameNumber() {
    bank.onInstruct(ModelChannel::lose);
    Withdrawal order = order();
    engine.settle();
    bank.reset();
    passes(Duration.ofSeconds(3));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bank.sent()).hasSize(2);
    assertThat(bank.sent().get(0)).isEqualTo(bank.sent().get(1));
  }

  @Test
  void anOutageLongerThanTheAcceptanceWindowIsNoReasonToGiveAnOrderUp() {
    bank.onInstruct(ModelChannel::lose)
        .onQuery((world, number) -> new Outcome.Unknown(Why.NO_CONNECTION, "DOWN"));
    Withdrawal order = order();
    engine.settle();
    for (int i = 0; i < 60; i++) {
      passes(Duration.ofMinutes(1));
    }
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    bank.reset();
    passes(Duration.ofHours(1));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bank.sent()).hasSize(2);
    assertThat(bank.sent().get(0)).isEqualTo(bank.sent().get(1));
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void doesNotBelieveTheRefusalOfASecondSendingWhileTheFirstMayBeUnderWay() {
    bank.onInstruct(ModelChannel::lose);
    Withdrawal order = order();
    engine.settle();
    bank.onInstruct((world, number) -> new Outcome.Refused("BUSY", "busy", false));
    passes(Duration.ofSeconds(3));
    assertThat(bank.sent()).hasSize(2);
    assertThat(backup.sent()).isEmpty();
    bank.pay(engine.requestNumber(order.id())); // the first sending arrives after all
    passes(Duration.ofSeconds(15));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void takesNoSuchOrderForARefusalOnlyAfterTheAcceptanceWindow() {
    bank.onInstruct(ModelChannel::lose);
    Withdrawal order = order();
    engine.settle();
    for (int i = 0; i < 30; i++) {
      assertThat(backup.sent()).isEmpty();
      passes(Duration.ofSeconds(1));
    }
    for (int i = 0; i < 20; i++) {
      passes(Duration.ofMinutes(2));
    }
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bank.payments()).isZero();
    assertThat(backup.payments()).isEqualTo(1);
    assertThat(bank.sent()).hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void believesNoSuchOrderNoMoreWhenTheChannelMayHaveForgottenWhatItPaid() {
    bank.onInstruct(
        (world, number) -> {
          world.pay(number);
          return new Outcome.Unknown(Why.TIMEOUT, "TIMEOUT");
        });
    Withdrawal order = order();
    engine.settle();
    bank.onQuery((world, number) -> new Outcome.Unknown(Why.NOT_FOUND, "NOT_FOUND"));
    passes(Duration.ofDays(8)); // an outage of ours
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(openCases(order.id())).containsExactly("UNKNOWN_TOO_LONG");
    assertThat(engine.account("u1").held().minor()).isEqualTo(50_000);
    assertThat(bank.sent()).hasSize(1);
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void neverTakesNoSuchOrderForARefusalOnceTheChannelHadAccepted() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"))
        .onQuery((world, number) -> new Outcome.Unknown(Why.NOT_FOUND, "NOT_FOUND"));
    Withdrawal order = order();
    engine.settle();
    for (int i = 0; i < 20; i++) {
      passes(Duration.ofMinutes(2));
    }
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(bank.sent()).hasSize(1);
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void triesTheNextChannelAfterADefiniteRefusalOnly() {
    bank.onInstruct((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(backup.payments()).isEqualTo(1);
    assertThat(bank.sent().get(0)).isNotEqualTo(backup.sent().get(0));
  }

  @Test
  void failsAndReleasesWhenEveryChannelRefused() {
    bank.onInstruct((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    backup.onInstruct((world, number) -> new Outcome.Refused("CLOSED_TODAY", "closed", false));
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.find(order.id()).reason()).isEqualTo("CLOSED_TODAY");
    assertThat(engine.account("u1").available().minor()).isEqualTo(1_000_000);
  }

  @Test
  void failsAtOnceWhenTheBeneficiaryIsAtFault() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.FAILED);
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void settlesOnceHoweverOftenAndInWhateverFormItIsTold() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"));
    Withdrawal order = order();
    engine.settle();
    String number = engine.requestNumber(order.id());
    for (int i = 0; i < 5; i++) {
      engine.callback("bank", number, "PAID", 50_000, "same");
      engine.callback("bank", number, "PAID", 50_000, "other-" + i);
      engine.callback("bank", number, "ACCEPTED", 50_000, "late-" + i);
    }
    bank.pay(number);
    passes(Duration.ofHours(1));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(engine.ledger.transfers(order.id())).hasSize(1);
    assertThat(openCases(order.id())).isEmpty();
  }

  @Test
  void takesACallbackThatComesBeforeTheReply() {
    bank.onInstruct(
        (world, number) -> {
          world.pay(number);
          engine.callback("bank", number, "PAID", 50_000, "early");
          return new Outcome.Accepted("r");
        });
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(engine.attemptState(order.id())).isEqualTo("PAID");
  }

  @Test
  void asksNoChannelForItsFundsOnTheWayOfAnOrder() {
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(bank.fundsAsked() + backup.fundsAsked()).isZero();
  }

  @Test
  void keepsWhatTheUsersAppNeedsEncryptedUntilItExpiresOrTheAttemptIsFinal() {
    bank.onInstruct(
            (world, number) ->
                new Outcome.Accepted("r", new HandOver("a package", Duration.ofHours(24))))
        .onQuery((world, number) -> new Outcome.Accepted("r"));
    Withdrawal first = order();
    engine.settle();
    assertThat(engine.payouts.handOvers().of(first.id()).orElseThrow().text())
        .isEqualTo("a package");
    assertThat(engine.payouts.handOvers().of(first.id()).toString()).doesNotContain("a package");
    assertThat(
            engine.jdbc.queryForObject(
                "select encode(hand_over, 'escape') from payout_attempt", String.class))
        .doesNotContain("a package");

    passes(Duration.ofHours(23));
    assertThat(engine.payouts.handOvers().of(first.id())).isPresent();
    passes(Duration.ofHours(2));
    assertThat(engine.payouts.handOvers().of(first.id())).isEmpty();

    engine.callback("bank", engine.requestNumber(first.id()), "PAID", 50_000, "x");
    assertThat(state(first)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(
            engine.jdbc.queryForObject(
                "select count(*) from payout_attempt where hand_over is not null", Long.class))
        .isZero();
  }

  @Test
  void givesAPersonAPaymentOfAnotherAmount() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"));
    Withdrawal order = order();
    engine.settle();
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_001, "x");
    passes(Duration.ofDays(1));
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(engine.account("u1").held().minor()).isEqualTo(50_000);
    assertThat(openCases(order.id())).containsExactly("MISMATCH");
  }

  @Test
  void givesAPersonAPaymentToAnotherBeneficiary() {
    bank.onInstruct(
        (world, number) -> new Outcome.Paid(Money.ofMinor(50_000, "CNY"), "622208******9999", "r"));
    Withdrawal order = order();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(openCases(order.id())).containsExactly("MISMATCH");
  }

  @Test
  void asksTheChannelFirstWhenItRefusesWhatItPaid() {
    Withdrawal order = order();
    engine.settle();
    engine.callback("bank", engine.requestNumber(order.id()), "REFUSED", 50_000, "x");
    assertThat(contradiction()).isEqualTo("ASKING");
    engine.settle();
    assertThat(contradiction()).isEqualTo("SETTLED");
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(openCases(order.id())).isEmpty();
    assertThat(engine.payouts.timeline().of(order.id()).toString())
        .contains("ASKING_THE_CHANNEL", "BORNE_OUT", "asked again, the channel says it paid");
  }

  @Test
  void asksAPersonWhenTheChannelAskedAgainSticksToItsContradiction() {
    Withdrawal order = order();
    engine.settle();
    bank.onQuery((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    engine.callback("bank", engine.requestNumber(order.id()), "REFUSED", 50_000, "x");
    assertThat(openCases(order.id())).isEmpty();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(openCases(order.id())).containsExactly("CONTRADICTION");
    assertThat(contradiction()).isEqualTo("WITH_A_PERSON");
  }

  @Test
  void asksAPersonWhenTheChannelAskedFiveTimesSaysNothingDefinite() {
    Withdrawal order = order();
    engine.settle();
    int[] asked = {0};
    bank.onQuery(
        (world, number) -> {
          asked[0]++;
          return new Outcome.Unknown(asked[0] % 2 == 0 ? Why.NOT_FOUND : Why.TIMEOUT, "X");
        });
    engine.callback("bank", engine.requestNumber(order.id()), "REFUSED", 50_000, "x");
    for (int i = 0; i < 10; i++) {
      passes(Duration.ofMinutes(2));
    }
    assertThat(asked[0]).isEqualTo(5);
    assertThat(openCases(order.id())).containsExactly("CONTRADICTION");
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
  }

  @Test
  void booksAReceivableWhenPaidAfterRelease() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = order();
    engine.settle();
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "PAID", 50_000, "late");
    engine.callback("bank", number, "PAID", 50_000, "late");
    assertThat(state(order)).isEqualTo(WithdrawalState.FAILED);
    assertThat(openCases(order.id())).containsExactly("LATE_SUCCESS");
    assertThat(
            engine.jdbc.queryForObject(
                "select sum(amount) from transfer where kind = 'RECEIVABLE'", Long.class))
        .isEqualTo(50_000);
  }

  @Test
  void booksNothingWhenALateSuccessIsOfAnotherAmount() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = order();
    engine.settle();

    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 49_900, "late");

    assertThat(openCases(order.id())).containsExactly("MISMATCH");
    assertThat(engine.ledger.transfers(order.id()))
        .extracting(Transfer::kind)
        .containsExactly(Transfer.Kind.RELEASE);
  }

  @Test
  void booksOneReceivableWhenTheLateSuccessIsToldTwiceInOtherWords() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = order();
    engine.settle();
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "PAID", 50_000, "late");
    engine.callback("bank", number, "PAID", 50_000, "later");
    assertThat(openCases(order.id())).containsExactly("LATE_SUCCESS");
    assertThat(engine.ledger.transfers(order.id())).hasSize(2);
  }

  @Test
  void asksARefusedChannelThatThenSaysItPaidBeforeTheNextOneGetsTheOrder() {
    Withdrawal order = waitingForTheNextChannel();
    bank.onQuery((world, number) -> world.pay(number));
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_000, "late");
    assertThat(engine.payouts.dispatchOnce()).as("stopped meanwhile").isZero();
    engine.settle();
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(contradiction()).isEqualTo("SETTLED");
    assertThat(openCases(order.id())).isEmpty();
    assertThat(backup.sent()).isEmpty();
    assertThat(engine.account("u1").held().minor()).isZero();
  }

  @Test
  void refundsWhatARefusedChannelPaidAfterAllAndReturnedBeforeItsAnswer() {
    Withdrawal order = waitingForTheNextChannel();
    bank.onQuery((world, number) -> world.pay(number));
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "PAID", 50_000, "late");
    engine.callback("bank", number, "RETURNED", 50_000, "back");
    assertThat(openCases(order.id())).isEmpty();
    engine.settle();
    passes(Duration.ofSeconds(6));
    assertThat(state(order)).isEqualTo(WithdrawalState.REFUNDED);
    assertThat(openCases(order.id())).isEmpty();
    assertThat(engine.account("u1").available().minor()).isEqualTo(1_000_000);
  }

  @Test
  void stopsForAPersonWhenARefusedChannelThatSaidItPaidRefusesAgain() {
    Withdrawal order = waitingForTheNextChannel();
    bank.onQuery((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_000, "late");
    passes(Duration.ofHours(1));
    assertThat(openCases(order.id())).containsExactly("CONTRADICTION");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(backup.sent()).isEmpty();
    assertThat(engine.account("u1").held().minor()).isEqualTo(50_000);
  }

  @Test
  void believesNoOtherAmountWhenARefusedChannelIsAskedAgain() {
    Withdrawal order = waitingForTheNextChannel();
    bank.onQuery((world, number) -> new Outcome.Paid(Money.ofMinor(50_001, "CNY"), null, "r"));
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_000, "late");
    engine.settle();
    assertThat(openCases(order.id())).containsExactly("MISMATCH");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(backup.sent()).isEmpty();
  }

  @Test
  void asksAPersonAtOnceWhenARefusedChannelSaysItPaidAndAnotherMayPayToo() {
    bank.onInstruct((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    backup
        .onInstruct((world, number) -> new Outcome.Unknown(Why.TIMEOUT, "T"))
        .onQuery((world, number) -> new Outcome.Unknown(Why.TIMEOUT, "T"));
    Withdrawal order = order();
    engine.payouts.dispatchOnce();
    String first = engine.requestNumber(order.id());
    engine.settle();
    assertThat(backup.sent()).hasSize(1);
    engine.callback("bank", first, "PAID", 50_000, "late");
    assertThat(openCases(order.id())).containsExactly("CONTRADICTION");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
  }

  private Withdrawal waitingForTheNextChannel() {
    bank.onInstruct((world, number) -> new Outcome.Refused("BANK_LIMIT", "limit", false));
    Withdrawal order = order();
    engine.payouts.dispatchOnce();
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    return order;
  }

  private String contradiction() {
    return engine.jdbc.queryForList("select state from contradiction", String.class).getFirst();
  }

  @Test
  void refundsWhatCameBackOnceHoweverOftenItIsTold() {
    Withdrawal order = order();
    engine.settle();
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "RETURNED", 49_000, "return-1");
    engine.callback("bank", number, "RETURNED", 49_000, "return-1");
    assertThat(state(order)).isEqualTo(WithdrawalState.REFUNDED);
    assertThat(engine.account("u1").available().minor()).isEqualTo(999_000);
    engine.callback("bank", number, "RETURNED", 1_000, "return-2");
    assertThat(openCases(order.id())).containsExactly("RETURN");
    assertThat(engine.account("u1").available().minor()).isEqualTo(999_000);
  }

  @Test
  void makesAShortfallGoodOutOfFeesWhereThatIsThePolicy() {
    try (Engine generous =
        new Engine(
            database.dataSource(),
            clock,
            Engine.Options.defaults().withShortfall(ShortfallPolicy.FEES),
            bank)) {
      Withdrawal order = generous.accepted("u1", "k1", 50_000);
      generous.settle();
      generous.callback("bank", generous.requestNumber(order.id()), "RETURNED", 49_000, "r");
      assertThat(generous.account("u1").available().minor()).isEqualTo(1_000_000);
    }
  }

  @Test
  void keepsAReturnThatComesBeforeTheSuccessAndAppliesItAfter() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"));
    Withdrawal order = order();
    engine.settle();
    String number = engine.requestNumber(order.id());
    engine.callback("bank", number, "RETURNED", 50_000, "r");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    bank.pay(number);
    passes(Duration.ofSeconds(1));
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    passes(Duration.ofSeconds(10));
    assertThat(state(order)).isEqualTo(WithdrawalState.REFUNDED);
  }

  @Test
  void givesAReturnThatNeverFitsToAPersonAndLetsTheRestFlow() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"));
    Withdrawal order = order();
    engine.settle();
    engine.callback("bank", engine.requestNumber(order.id()), "RETURNED", 50_000, "r");
    for (int i = 0; i < 12; i++) {
      passes(Duration.ofSeconds(10));
    }
    assertThat(openCases(order.id())).containsExactly("RETURN");
    assertThat(
            engine.jdbc.queryForObject(
                "select count(*) from channel_message where applied_at is null", Long.class))
        .isZero();
  }

  @Test
  void opensACaseForARequestNumberThatWeNeverSent() {
    engine.callback("bank", "0".repeat(32), "PAID", 1, "x");
    assertThat(
            engine.jdbc.queryForObject(
                "select count(*) from review_case where kind = 'MISMATCH' and withdrawal_id is"
                    + " null",
                Long.class))
        .isEqualTo(1);
  }

  @Test
  void opensACaseWhenOneChannelReportsAnAttemptOfAnother() {
    bank.onInstruct((world, number) -> new Outcome.Accepted("r"));
    Withdrawal order = order();
    engine.settle();
    engine.callback("backup", engine.requestNumber(order.id()), "PAID", 50_000, "x");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    assertThat(openCases(order.id())).containsExactly("CONTRADICTION");
  }

  @Test
  void givesToAPersonWhatIsUnknownPastTheQueryWindowAndStillTakesTheAnswer() {
    bank.onInstruct((world, number) -> new Outcome.Unknown(Why.TIMEOUT, "T"))
        .onQuery((world, number) -> new Outcome.Unknown(Why.CHANNEL_ERROR, "E"));
    Withdrawal order = order();
    engine.settle();
    passes(Duration.ofDays(8));
    assertThat(openCases(order.id())).containsExactly("UNKNOWN_TOO_LONG");
    assertThat(state(order)).isEqualTo(WithdrawalState.PROCESSING);
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 50_000, "x");
    assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
    assertThat(openCases(order.id())).isEmpty();
  }

  @Test
  void keepsOrdersWaitingWhenNoChannelTakesThem() {
    try (Engine without = new Engine(database.dataSource(), clock)) {
      Withdrawal order = order();
      without.settle();
      assertThat(without.find(order.id()).status()).isEqualTo(WithdrawalState.PENDING);
      assertThat(without.find(order.id()).reason()).isEqualTo("NO_CHANNEL_AVAILABLE");
      passes(Duration.ofSeconds(6));
      assertThat(state(order)).isEqualTo(WithdrawalState.SUCCESS);
      assertThat(engine.find(order.id()).reason()).isNull();
    }
  }

  @Test
  void aFailedOrdersKeyNeverPays() {
    bank.onInstruct((world, number) -> new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    Withdrawal order = order();
    engine.settle();
    bank.reset();
    assertThat(engine.withdraw("u1", "k1", 50_000))
        .hasToString(new AcceptResult.Replayed(engine.find(order.id())).toString());
    passes(Duration.ofHours(1));
    assertThat(bank.payments()).isZero();
  }

  @Test
  void tellsTheWholeStoryInOrder() {
    Withdrawal order = order();
    engine.settle();
    assertThat(
            engine.payouts.timeline().of(order.id()).stream().map(e -> e.kind() + " " + e.code()))
        .contains("STATE PENDING", "TRANSFER HOLD", "ATTEMPT bank", "STATE PROCESSING")
        .contains("MESSAGE PAID", "TRANSFER POST", "STATE SUCCESS");
  }
}

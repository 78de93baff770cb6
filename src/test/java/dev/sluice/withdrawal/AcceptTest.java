package dev.sluice.withdrawal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.channel.Eventually;
import dev.sluice.money.Money;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.AcceptResult.Accepted;
import dev.sluice.withdrawal.AcceptResult.Refusal;
import dev.sluice.withdrawal.AcceptResult.Refused;
import dev.sluice.withdrawal.AcceptResult.Replayed;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptTest {
  private final TestDatabase database = TestDatabase.create();
  private final SettableClock clock = new SettableClock();
  private final ModelChannel bank = new ModelChannel("bank");
  private final Engine engine =
      new Engine(database.dataSource(), clock, Engine.Options.defaults().withCommitters(2), bank);

  @AfterEach
  void close() {
    engine.close();
    database.close();
  }

  @Test
  void holdsTheAmountAndTheFeeInTheCommitThatAccepts() {
    try (Engine withFee =
        new Engine(
            database.dataSource(), clock, Engine.Options.defaults().withFee("CNY:1.00"), bank)) {
      withFee.wallet("u1", 100_000);
      Withdrawal order = withFee.accepted("u1", "k1", 50_000);
      assertThat(order.status()).isEqualTo(WithdrawalState.PENDING);
      assertThat(withFee.account("u1").available()).hasToString("499.00 CNY");
      assertThat(withFee.account("u1").held()).hasToString("501.00 CNY");
    }
    Invariants.check(engine.jdbc);
  }

  @Test
  void answersTheSameKeyAndRequestWithTheSameOrder() {
    engine.wallet("u1", 100_000);
    Withdrawal first = engine.accepted("u1", "k1", 50_000);
    AcceptResult again = engine.withdraw("u1", "k1", 50_000);
    assertThat(again).isInstanceOf(Replayed.class);
    assertThat(((Replayed) again).withdrawal().id()).isEqualTo(first.id());
    assertThat(engine.account("u1").held()).hasToString("500.00 CNY");
  }

  @Test
  void refusesTheSameKeyForAnotherRequest() {
    engine.wallet("u1", 100_000);
    engine.accepted("u1", "k1", 50_000);
    assertThat(why(engine.withdraw("u1", "k1", 50_001))).isEqualTo(Refusal.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void refusesTheSameKeyInAnotherCurrencyEvenAtOnce() throws Exception {
    engine.wallet("u1", 1_000_000);
    Currency usd = Currency.getInstance("USD");
    long account = engine.ledger.open("u1", usd).account().id();
    engine.ledger.credit(account, Money.ofMinor(1_000_000, "USD"), "opening");
    for (int i = 0; i < 20; i++) {
      String key = "k" + i;
      List<AcceptResult> results =
          atOnce(
              List.of(
                  () -> engine.withdraw("u1", key, 100),
                  () ->
                      engine.withdrawals.accept(
                          engine.request("u1", key, Money.ofMinor(100, "USD"), Engine.CARD))));
      assertThat(results.stream().filter(r -> r instanceof Accepted).count()).isEqualTo(1);
      assertThat(results.stream().filter(r -> r instanceof Refused).map(AcceptTest::why))
          .containsExactly(Refusal.IDEMPOTENCY_KEY_REUSED);
    }
    Invariants.check(engine.jdbc);
  }

  @Test
  void decidesByTheDatabaseWhateverAnInstanceRemembersOfAnAccount() {
    engine.wallet("u1", 100_000);
    engine.accepted("u1", "k1", 10_000);
    try (Engine other = new Engine(database.dataSource(), clock, bank)) {
      other.accepted("u1", "k2", 80_000);
    }
    // Remembered: 900.00; there are 100.00.
    assertThat(why(engine.withdraw("u1", "k3", 20_000))).isEqualTo(Refusal.INSUFFICIENT_FUNDS);
    assertThat(engine.withdraw("u1", "k4", 10_000)).isInstanceOf(Accepted.class);
    // Remembered: nothing is left; a credit came meanwhile.
    long account = engine.account("u1").id();
    engine.ledger.credit(account, Money.ofMinor(5_000, "CNY"), "more");
    assertThat(engine.withdraw("u1", "k5", 5_000)).isInstanceOf(Accepted.class);
    // Remembered: active, with enough.
    engine.ledger.credit(account, Money.ofMinor(50_000, "CNY"), "still more");
    assertThat(engine.withdraw("u1", "k6", 1_000)).isInstanceOf(Accepted.class);
    engine.jdbc.update("update account set status = 'FROZEN' where id = ?", account);
    assertThat(why(engine.withdraw("u1", "k7", 1_000))).isEqualTo(Refusal.ACCOUNT_NOT_ACTIVE);
    assertThat(why(engine.withdraw("u1", "k8", 1_000))).isEqualTo(Refusal.ACCOUNT_NOT_ACTIVE);
    Invariants.check(engine.jdbc);
  }

  @Test
  void decidesByTheDatabaseWhateverAnInstanceRemembersOfABeneficiary() {
    String masked = "622208******1234";
    Money amount = Money.ofMinor(500, "CNY");
    engine.wallet("u1", 100_000);
    engine.wallet("u2", 100_000);
    long dollars = engine.ledger.open("u2", Currency.getInstance("USD")).account().id();
    engine.ledger.credit(dollars, Money.ofMinor(100_000, "USD"), "opening");
    engine.withdrawals.accept(engine.request("u2", "usd", Money.ofMinor(500, "USD"), masked));
    for (String user : List.of("u1", "u2")) {
      assertThat(engine.withdrawals.accept(engine.request(user, "a", amount, masked)))
          .isInstanceOf(Accepted.class);
    }
    clock.advance(Duration.ofSeconds(1));
    try (Engine other = new Engine(database.dataSource(), clock, bank)) {
      AccountNumber alike = AccountNumber.cardOrIban("6222080000001234");
      other.beneficiaries.register("u1", alike, null, null);
      other.withdrawals.accept(other.request("u2", "b", amount, "6222080000001234"));
    }
    // Remembered: the one that it meant; by now it means two.
    for (String user : List.of("u1", "u2")) {
      assertThat(why(engine.withdrawals.accept(engine.request(user, "c", amount, masked))))
          .isEqualTo(Refusal.BENEFICIARY_NOT_FOUND);
    }
    assertThat(
            why(
                engine.withdrawals.accept(
                    engine.request("u2", "d", Money.ofMinor(500, "USD"), masked))))
        .isEqualTo(Refusal.BENEFICIARY_NOT_FOUND);
    Invariants.check(engine.jdbc);
  }

  @Test
  void paysWhomEachOrderNamesHoweverOftenTheyTakeTurns() {
    engine.wallet("u1", 100_000);
    Map<String, UUID> payees = new HashMap<>();
    for (String number : List.of("6222080000007890", "6222081111115678", "6222082222229012")) {
      AccountNumber card = AccountNumber.cardOrIban(number);
      payees.put(
          card.masked(), engine.beneficiaries.register("u1", card, null, null).beneficiary().id());
    }
    for (int i = 0; i < 4; i++) {
      for (Map.Entry<String, UUID> payee : payees.entrySet()) {
        AcceptResult result =
            engine.withdrawals.accept(
                engine.request(
                    "u1", "k" + i + payee.getKey(), Money.ofMinor(100, "CNY"), payee.getKey()));
        assertThat(((Accepted) result).withdrawal().beneficiaryId()).isEqualTo(payee.getValue());
      }
      if (i == 1) {
        engine.beneficiaries.register(
            "u1", AccountNumber.cardOrIban("6222083333333456"), null, null);
      }
    }
    Invariants.check(engine.jdbc);
  }

  @Test
  void findsAKeyThatWasUsedWhateverIsRemembered() {
    engine.wallet("u1", 100_000);
    Withdrawal first = engine.accepted("u1", "k1", 40_000);
    engine.accepted("u1", "k2", 10_000);
    assertThat(engine.withdraw("u1", "k1", 40_000)).isEqualTo(new Replayed(first));
    clock.advance(Duration.ofSeconds(1));
    try (Engine other = new Engine(database.dataSource(), clock, bank)) {
      other.accepted("u1", "k3", 50_000);
    }
    // All is spent: what was asked for before is answered, and nothing new.
    assertThat(engine.withdraw("u1", "k1", 40_000)).isEqualTo(new Replayed(first));
    assertThat(why(engine.withdraw("u1", "k4", 40_000))).isEqualTo(Refusal.INSUFFICIENT_FUNDS);
    Invariants.check(engine.jdbc);
  }

  @Test
  void keepsABeneficiaryAsItIs() {
    engine.wallet("u1", 100);
    for (String change :
        List.of("delete from beneficiary", "update beneficiary set masked = 'other'")) {
      assertThatThrownBy(() -> engine.jdbc.update(change)).hasMessageContaining("only grows");
    }
  }

  @Test
  void makesOneOrderOfFiftyRequestsWithOneKeyAtOnce() throws Exception {
    engine.wallet("u1", 1_000_000);
    List<AcceptResult> results =
        atOnce(Collections.nCopies(50, () -> engine.withdraw("u1", "same", 50_000)));
    assertThat(results.stream().filter(r -> r instanceof Accepted).count()).isEqualTo(1);
    assertThat(results.stream().filter(r -> r instanceof Replayed).count()).isEqualTo(49);
    assertThat(engine.account("u1").held()).hasToString("500.00 CNY");
  }

  @Test
  void acceptsExactlyWhatTheBalanceCovers() throws Exception {
    engine.wallet("u1", 1_000_000);
    List<Callable<AcceptResult>> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String key = "k" + i;
      requests.add(() -> engine.withdraw("u1", key, 10_000));
    }
    List<AcceptResult> results = atOnce(requests);
    assertThat(results.stream().filter(r -> r instanceof Accepted).count()).isEqualTo(100);
    assertThat(results.stream().filter(r -> r instanceof Refused).map(AcceptTest::why))
        .hasSize(100)
        .containsOnly(Refusal.INSUFFICIENT_FUNDS);
    assertThat(engine.account("u1").available().minor()).isZero();
    Invariants.check(engine.jdbc);
  }

  @Test
  void leavesNothingOfARefusedRequestBehind() {
    engine.wallet("u1", 100);
    assertThat(
            why(
                engine.withdrawals.accept(
                    engine.request("u1", "k", Money.ofMinor(500, "CNY"), "6217001234567890123"))))
        .isEqualTo(Refusal.INSUFFICIENT_FUNDS);
    assertThat(engine.beneficiaries.list("u1")).hasSize(1);
    assertThat(engine.jdbc.queryForObject("select count(*) from withdrawal", Long.class)).isZero();
  }

  @Test
  void registersAFullNumberWithItsFirstOrder() {
    engine.wallet("u1", 100_000);
    String number = "6217001234567890123";
    AcceptResult result =
        engine.withdrawals.accept(engine.request("u1", "k", Money.ofMinor(500, "CNY"), number));
    assertThat(((Accepted) result).withdrawal().bankAccount()).isEqualTo("621700******0123");
    assertThat(engine.beneficiaries.list("u1")).hasSize(2);
  }

  @Test
  void refusesAMaskedNumberThatFitsNoneOrSeveral() {
    engine.wallet("u1", 100_000);
    Money amount = Money.ofMinor(500, "CNY");
    assertThat(
            why(engine.withdrawals.accept(engine.request("u1", "a", amount, "621700******9999"))))
        .isEqualTo(Refusal.BENEFICIARY_NOT_FOUND);
    assertThat(engine.withdrawals.accept(engine.request("u1", "b", amount, "622208******1234")))
        .isInstanceOf(Accepted.class);
    engine.withdrawals.accept(engine.request("u1", "c", amount, "6222080000001234"));
    assertThat(
            why(engine.withdrawals.accept(engine.request("u1", "d", amount, "622208******1234"))))
        .isEqualTo(Refusal.BENEFICIARY_NOT_FOUND);
  }

  @Test
  void neverUsesAnotherUsersBeneficiary() {
    engine.wallet("u1", 100_000);
    engine.ledger.open("u2", Engine.CNY);
    assertThat(
            why(
                engine.withdrawals.accept(
                    engine.request("u2", "k", Money.ofMinor(1, "CNY"), "622208******1234"))))
        .isEqualTo(Refusal.BENEFICIARY_NOT_FOUND);
  }

  @Test
  void refusesAnAccountThatIsNotActive() {
    engine.wallet("u1", 100_000);
    engine.jdbc.update("update account set status = 'FROZEN' where owner = 'u1'");
    assertThat(why(engine.withdraw("u1", "k", 1))).isEqualTo(Refusal.ACCOUNT_NOT_ACTIVE);
    assertThat(
            why(
                engine.withdrawals.accept(
                    engine.request("u1", "j", Money.ofMinor(1, "JPY"), Engine.CARD))))
        .isEqualTo(Refusal.ACCOUNT_NOT_ACTIVE);
  }

  @Test
  void sendsALargeAmountToAPersonWithItsFundsHeld() {
    engine.wallet("u1", 10_000_000);
    Withdrawal order = engine.accepted("u1", "k1", 5_000_001);
    assertThat(order.status()).isEqualTo(WithdrawalState.REVIEW);
    assertThat(engine.account("u1").held().minor()).isEqualTo(5_000_001);
    engine.settle();
    assertThat(bank.sent()).isEmpty();
    assertThat(engine.withdrawals.review(order.id(), true, "known customer", "ops-1"))
        .isInstanceOf(Withdrawals.Change.Done.class);
    engine.settle();
    assertThat(bank.sent()).hasSize(1);
    assertThat(engine.withdrawals.review(order.id(), false, "too late", "ops-2"))
        .isInstanceOf(Withdrawals.Change.NotPossible.class);
    Invariants.check(engine.jdbc);
  }

  @Test
  void releasesTheFundsOfARejectedOrderOnce() {
    engine.wallet("u1", 10_000_000);
    Withdrawal order = engine.accepted("u1", "k1", 5_000_001);
    engine.withdrawals.review(order.id(), false, "unknown source of funds", "ops-1");
    assertThat(engine.find(order.id()).status()).isEqualTo(WithdrawalState.FAILED);
    assertThat(engine.account("u1").available().minor()).isEqualTo(10_000_000);
    assertThat(engine.withdraw("u1", "k1", 5_000_001)).isInstanceOf(Replayed.class);
    Invariants.checkAtRest(engine.jdbc);
  }

  @Test
  void cancelsBeforeTheFirstAttemptOnly() {
    engine.wallet("u1", 100_000);
    Withdrawal first = engine.accepted("u1", "k1", 100);
    assertThat(engine.withdrawals.cancel(first.id(), "u1"))
        .isInstanceOf(Withdrawals.Change.Done.class);
    assertThat(engine.withdrawals.cancel(first.id(), "u1"))
        .isInstanceOf(Withdrawals.Change.Done.class);
    Withdrawal second = engine.accepted("u1", "k2", 100);
    engine.payouts.dispatchOnce();
    assertThat(engine.withdrawals.cancel(second.id(), "u1"))
        .isInstanceOf(Withdrawals.Change.NotPossible.class);
    engine.settle();
    assertThat(bank.payments()).isEqualTo(1);
    Invariants.checkAtRest(engine.jdbc);
  }

  @Test
  void keepsItsInvariantsUnderSixtyFourThreadsOnTwoInstances() throws Exception {
    for (int u = 0; u < 8; u++) {
      engine.wallet("u" + u, 1_000_000);
    }
    try (var pool = database.anotherPool();
        Engine other =
            new Engine(
                pool, clock, Engine.Options.defaults().withCommitters(2).withSeed(2), bank)) {
      List<Callable<AcceptResult>> requests = new ArrayList<>();
      Random random = new Random(7);
      for (int i = 0; i < 2_000; i++) {
        Engine either = i % 2 == 0 ? engine : other;
        // Half on one hot account, the rest spread; every key is used about twice.
        String user = random.nextBoolean() ? "u0" : "u" + random.nextInt(8);
        String key = "k" + random.nextInt(1_000);
        requests.add(() -> either.withdraw(user, key, 1_500));
      }
      List<AcceptResult> results = atOnce(requests);
      long accepted = results.stream().filter(r -> r instanceof Accepted).count();
      assertThat(engine.jdbc.queryForObject("select count(*) from withdrawal", Long.class))
          .isEqualTo(accepted);
      Invariants.check(engine.jdbc);
      engine.settle();
      other.settle();
      assertThat((long) bank.payments()).isEqualTo(accepted);
      Invariants.checkAtRest(engine.jdbc);
    }
  }

  @Test
  void registersForUsersOfSeveralCurrenciesWithoutWaitingInACircle() throws Exception {
    Currency dollars = Currency.getInstance("USD");
    for (String user : List.of("u0", "u1", "u2")) { // the dollars first, then the other way round
      if (!user.equals("u1")) {
        engine.wallet(user, 10_000_000);
      }
      long account = engine.ledger.open(user, dollars).account().id();
      engine.ledger.credit(account, Money.ofMinor(10_000_000, "USD"), "dollars-" + user);
      engine.wallet(user, 10_000_000);
    }
    try (var pool = database.anotherPool();
        Engine other =
            new Engine(
                pool, clock, Engine.Options.defaults().withCommitters(2).withSeed(2), bank)) {
      List<Callable<AcceptResult>> requests = new ArrayList<>();
      Random random = new Random(11);
      for (int i = 0; i < 600; i++) {
        Engine either = i % 2 == 0 ? engine : other;
        Money amount = Money.ofMinor(100, random.nextBoolean() ? "CNY" : "USD");
        String number = "62220800%08d".formatted(random.nextInt(400));
        WithdrawalRequest request =
            either.request("u" + random.nextInt(3), "k" + i, amount, number);
        requests.add(() -> either.withdrawals.accept(request));
      }
      assertThat(atOnce(requests)).allMatch(result -> result instanceof Accepted);
      Invariants.check(engine.jdbc);
    }
  }

  @Test
  void decidesAgainIfTheAccountWasFrozenAfterItWasRead() throws Exception {
    engine.wallet("u1", 100_000);
    assertThat(why(withdrawWhile("update account set status = 'FROZEN' where owner = 'u1'")))
        .isEqualTo(Refusal.ACCOUNT_NOT_ACTIVE);
    assertThat(engine.jdbc.queryForObject("select count(*) from withdrawal", Long.class)).isZero();
    Invariants.check(engine.jdbc);
  }

  @Test
  void decidesAgainIfTheBalanceWasSpentAfterItWasRead() throws Exception {
    engine.wallet("u1", 100_000);
    String spent = "update account set available = %d, held = %d where owner = 'u1'";
    assertThat(why(withdrawWhile(spent.formatted(99, 99_901))))
        .isEqualTo(Refusal.INSUFFICIENT_FUNDS);
    engine.jdbc.update(spent.formatted(100_000, 0));
    assertThat(engine.jdbc.queryForObject("select count(*) from withdrawal", Long.class)).isZero();
    Invariants.check(engine.jdbc);
  }

  /** The queue knows whose order each one is: the later commit waits in the instance at first. */
  @Test
  void keepsCommitsOfOneUserApartForASecond() throws Exception {
    int worthACommitBeside = 30;
    engine.wallet("u1", 100_000);
    List<Future<AcceptResult>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(1 + worthACommitBeside);
        Connection other = database.dataSource().getConnection()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.executeUpdate("update account set room = null where owner = 'u1'");
      }
      results.add(threads.submit(() -> engine.withdraw("u1", "first", 100)));
      Eventually.until("the first one waits for the account", () -> waitingForALock() == 1);
      long start = System.nanoTime();
      for (int i = 0; i < worthACommitBeside; i++) {
        String key = "k" + i;
        results.add(threads.submit(() -> engine.withdraw("u1", key, 100)));
      }
      Eventually.until("the others do, too", () -> waitingForALock() == 2);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      other.commit();
      other.setAutoCommit(true);
      for (Future<AcceptResult> result : results) {
        assertThat(result.get()).isInstanceOf(Accepted.class);
      }
    }
    Invariants.check(engine.jdbc);
  }

  /** A withdrawal of 1.00 that reads its account before another's change and writes after it. */
  private AcceptResult withdrawWhile(String change) throws Exception {
    try (Connection other = database.dataSource().getConnection();
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.executeUpdate(change);
      }
      Future<AcceptResult> result = thread.submit(() -> engine.withdraw("u1", "k", 100));
      Eventually.until("it waits for the account", () -> waitingForALock() == 1);
      other.commit();
      other.setAutoCommit(true);
      return result.get();
    }
  }

  private long waitingForALock() {
    return requireNonNull(
        engine.jdbc.queryForObject(
            """
            select count(*) from pg_locks l join pg_stat_activity a using (pid)
             where not l.granted and a.datname = current_database()
            """,
            Long.class));
  }

  private static Refusal why(AcceptResult result) {
    return ((Refused) result).why();
  }

  private static <T> List<T> atOnce(List<? extends Callable<T>> calls) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    }
  }
}

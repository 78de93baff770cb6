package dev.sluice.withdrawal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.GroupCommit;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The queue of orders that wait for an attempt. */
class DueOrdersTest {
  private final TestDatabase database = TestDatabase.create();
  private final SettableClock clock = new SettableClock();
  private final Engine engine =
      new Engine(
          database.dataSource(),
          clock,
          Engine.Options.defaults().withCommitters(1),
          new ModelChannel("bank"));
  private final TransactionTemplate transactions =
      new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));

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

  private List<UUID> accepted(int orders) {
    return engine
        .withdrawals
        .acceptAll(
            IntStream.range(0, orders).mapToObj(i -> engine.request("u1", "k" + i, 100)).toList())
        .stream()
        .map(answer -> ((AcceptResult.Accepted) answered(answer)).withdrawal().id())
        .toList();
  }

  private static AcceptResult answered(GroupCommit.Submitted<AcceptResult> submitted) {
    return ((GroupCommit.Submitted.Answered<AcceptResult>) submitted).answer();
  }

  /** Finds due orders and takes them out of the queue. Each is with a person then. */
  private List<UUID> taken(int limit) {
    return transactions.execute(
        status -> {
          List<UUID> due = engine.withdrawals.lockDue(limit).stream().map(Withdrawal::id).toList();
          engine.withdrawals.removeDue(due);
          for (UUID order : due) {
            engine.jdbc.update(
                """
                insert into review_case (id, withdrawal_id, kind, detail, opened_at)
                values (gen_random_uuid(), ?, 'RISK', 'taken by a test', now())
                """,
                order);
          }
          return due;
        });
  }

  private int places() {
    return engine.jdbc.queryForList("select id from payout_due", Long.class).size();
  }

  @Test
  void findsEachOrderOnceHoweverManyWereAcceptedTogether() {
    List<UUID> orders = accepted(150);
    assertThat(places()).as("16 in a row at most").isEqualTo(10);
    List<UUID> found = new ArrayList<>();
    for (List<UUID> some = taken(40); !some.isEmpty(); some = taken(40)) {
      assertThat(some).hasSizeLessThanOrEqualTo(40).isSorted();
      found.addAll(some);
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(orders);
    assertThat(places()).isZero();
  }

  @Test
  void findsManyThatWereAcceptedOneByOne() {
    for (int i = 0; i < 30; i++) {
      engine.accepted("u1", "alone-" + i, 100);
    }
    assertThat(taken(25)).hasSize(25);
    assertThat(taken(25)).hasSize(5);
  }

  @Test
  void findsThemAgainIfWhoeverTookThemFails() {
    List<UUID> orders = accepted(3);
    transactions.executeWithoutResult(
        status -> {
          assertThat(taken(2)).hasSize(2);
          status.setRollbackOnly();
        });
    assertThat(taken(10)).containsExactlyInAnyOrderElementsOf(orders);
  }

  @Test
  void twoAtATimeNeverTakeTheSame() {
    List<UUID> orders = accepted(150);
    TransactionTemplate another =
        new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
    another.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
    Set<UUID> found = new HashSet<>();
    transactions.executeWithoutResult(
        one -> {
          found.addAll(taken(50));
          List<UUID> others = another.execute(two -> taken(50));
          assertThat(others).isNotEmpty().doesNotContainAnyElementsOf(found);
          found.addAll(others);
        });
    found.addAll(taken(150));
    assertThat(found).containsExactlyInAnyOrderElementsOf(orders);
  }

  @Test
  void leavesWhatAnotherWorksOnAndFindsItLater() throws SQLException {
    List<UUID> orders = accepted(3);
    try (Connection other = database.dataSource().getConnection();
        PreparedStatement lock =
            other.prepareStatement("select id from withdrawal where id = ? for update")) {
      other.setAutoCommit(false);
      lock.setObject(1, orders.get(1));
      lock.execute();
      assertThat(taken(10)).containsExactlyInAnyOrder(orders.get(0), orders.get(2));
      other.rollback();
    }
    assertThat(taken(10)).containsExactly(orders.get(1));
  }

  @Test
  void findsNothingThatWasCancelledMeanwhile() {
    List<UUID> orders = accepted(2);
    engine.withdrawals.cancel(orders.getFirst(), "u1");
    assertThat(taken(10)).containsExactly(orders.getLast());
    assertThat(places()).isZero();
  }

  @Test
  void whatWasPutOffIsDueOnceAndNotBefore() {
    List<UUID> orders = accepted(1);
    transactions.executeWithoutResult(
        status -> {
          engine.withdrawals.lock(orders);
          engine.withdrawals.putDue(orders, clock.instant().plusSeconds(30));
          engine.withdrawals.putDue(orders, clock.instant().plusSeconds(60));
        });
    assertThat(taken(10)).as("found by its first place, but due later").isEmpty();
    clock.advance(Duration.ofSeconds(59));
    assertThat(taken(10)).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(taken(10)).isEqualTo(orders);
    assertThat(taken(10)).isEmpty();
  }

  @Test
  void whatIsFoundTwiceButWasTooMuchIsStillFoundWhenItIsDue() {
    List<UUID> orders = accepted(3);
    clock.advance(Duration.ofSeconds(10));
    transactions.executeWithoutResult(
        status -> {
          engine.withdrawals.lock(orders);
          engine.withdrawals.putDue(orders, clock.instant());
        });
    assertThat(taken(1)).hasSize(1);
    Invariants.check(engine.jdbc);
    assertThat(taken(10)).hasSize(2);
  }

  @Test
  void theDatabaseRefusesThatAFinalOrderIsDue() {
    UUID order = accepted(1).getFirst();
    engine.withdrawals.cancel(order, "u1");
    assertThatThrownBy(
            () -> engine.jdbc.update("update withdrawal set due_at = now() where id = ?", order))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void ordersThatWaitedBeforeThisQueueAreFoundInIt() {
    try (TestDatabase old = TestDatabase.asOf("27")) {
      Engine upgraded =
          new Engine(old.dataSource(), clock, Engine.Options.defaults(), new ModelChannel("bank"));
      long account = upgraded.wallet("u1", 0).id();
      upgraded.jdbc.update(
          """
          with funding as (
              insert into account (kind, owner, currency, created_at) values ('FUNDING', '-', 'CNY', now())
              returning id),
          top_up as (
              insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
              select gen_random_uuid(), 1, 'TOP_UP', id, ?, 20000, 'CNY', now() from funding),
          o as (
              insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
                     status, version, key_hash, request_hash, created_at, updated_at)
              select gen_random_uuid(), 'u1', ?, b.id, 100, 0, 'CNY', 'PENDING', 1,
                     gen_random_uuid(), gen_random_uuid(), ?, ?
                from beneficiary b, generate_series(1, 100)
              returning id, account_id, created_at),
          holds as (
              insert into transfer (cause, step, kind, debit_account, credit_account, amount, currency, at)
              select id, 1, 'HOLD', account_id, account_id, 100, 'CNY', created_at from o),
          balances as (update account set available = 10000, held = 10000 where id = ?)
          insert into payout_due (withdrawal_id, due_at) select id, created_at from o
          """,
          account,
          account,
          clock.instant().atOffset(ZoneOffset.UTC),
          clock.instant().atOffset(ZoneOffset.UTC),
          account);

      old.migrate();

      Invariants.check(upgraded.jdbc);
      UUID before = upgraded.jdbc.queryForObject("select id from withdrawal limit 1", UUID.class);
      assertThat(upgraded.ledger.hold(requireNonNull(before), clock.instant()))
          .hasValueSatisfying(hold -> assertThat(hold.amount()).hasToString("1.00 CNY"));
      upgraded.settle();
      assertThat(
              upgraded.jdbc.queryForObject(
                  "select count(*) from withdrawal where status = 'SUCCESS'", Integer.class))
          .isEqualTo(100);
      Invariants.checkAtRest(upgraded.jdbc);
      upgraded.close();
    }
  }
}

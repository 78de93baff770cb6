package dev.sluice.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.payout.Timeline;
import dev.sluice.support.ChildProcess;
import dev.sluice.support.CrashingDataSource;
import dev.sluice.support.CrashingDataSource.Crash;
import dev.sluice.support.Invariants;
import dev.sluice.withdrawal.Withdrawal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The job dies, runs twice, or meets others; and the database refuses what it would never do. */
class RetentionFaultsTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int ORDERS = 5;

  /** The part, and how many rows of each table there are for it. */
  private static final String RIGHT_NUMBERS =
      """
      1, (select count(*) from withdrawal_history h where h.withdrawal_id = withdrawal.id),
      (select count(*) from channel_message m where m.withdrawal_id = withdrawal.id),
      (select count(*) from order_log l where l.withdrawal_id = withdrawal.id),
      (select count(*) from notification n where n.withdrawal_id = withdrawal.id),
      (select count(*) from notification_delivery d join notification n on n.id = d.notification_id
        where n.withdrawal_id = withdrawal.id)
      """;

  @ParameterizedTest
  @EnumSource(Crash.class)
  void losesAndDoublesNothingWhereverItDies(Crash when) {
    int commit = 1;
    while (dies(when, commit)) {
      commit++;
    }
    assertThat(commit).isGreaterThan(3);
  }

  private static boolean dies(Crash when, int atCommit) {
    try (Shelf shelf = new Shelf()) {
      for (int i = 0; i < ORDERS; i++) {
        shelf.paid("k" + i);
      }
      List<String> before = shelf.hotRows();
      shelf.later(Shelf.KEEP.plusDays(1));
      CrashingDataSource dying =
          new CrashingDataSource(shelf.database.dataSource(), when, atCommit);
      Retention first = shelf.job(dying, 2);
      try {
        while (first.runOnce() > 0) {
          Invariants.check(shelf.jdbc);
        }
      } catch (RuntimeException expected) {
        assertThat(dying.crashed()).as(expected.toString()).isTrue();
      }
      Invariants.check(shelf.jdbc);
      List<String> between = new ArrayList<>(shelf.hotRows());
      between.addAll(shelf.archivedRows());
      assertThat(between).containsExactlyInAnyOrderElementsOf(before);

      shelf.archive();

      Invariants.checkAtRest(shelf.jdbc);
      assertThat(shelf.hotRows()).isEmpty();
      assertThat(shelf.archivedRows()).containsExactlyInAnyOrderElementsOf(before);
      assertThat(shelf.count("select count(*) from archived_order")).isEqualTo(ORDERS);
      return dying.crashed();
    }
  }

  @Test
  void twoInstancesShareTheWork() throws Exception {
    try (Shelf shelf = new Shelf();
        HikariDataSource other = shelf.database.anotherPool();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 20; i++) {
        shelf.paid("k" + i);
      }
      List<String> before = shelf.hotRows();
      shelf.later(Shelf.KEEP.plusDays(1));
      List<Retention> jobs =
          List.of(shelf.job(shelf.database.dataSource(), 1), shelf.job(other, 1));
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Integer>> runs = new ArrayList<>();
      for (Retention job : jobs) {
        runs.add(
            threads.submit(
                () -> {
                  start.await();
                  int looked = 0;
                  // One that finds the other at work has nothing to do just then.
                  long end = System.nanoTime() + LONGEST.toNanos();
                  while (!shelf.hotRows().isEmpty() && System.nanoTime() < end) {
                    looked += job.runOnce();
                  }
                  return looked + job.runOnce(); // and nothing once more
                }));
      }
      start.countDown();
      int looked = 0;
      for (Future<Integer> run : runs) {
        looked += run.get(60, TimeUnit.SECONDS);
      }
      assertThat(looked).as("each order was looked at once").isEqualTo(20);
      Invariants.checkAtRest(shelf.jdbc);
      assertThat(shelf.hotRows()).isEmpty();
      assertThat(shelf.archivedRows()).containsExactlyInAnyOrderElementsOf(before);
    }
  }

  @Test
  void goesRoundAnOrderThatAnotherHasLockedAndComesBackForIt() {
    try (Shelf shelf = new Shelf()) {
      Withdrawal busy = shelf.paid("k1");
      Withdrawal free = shelf.paid("k2");
      shelf.later(Shelf.KEEP.plusDays(1));
      TransactionTemplate other = Shelf.on(shelf.database.dataSource());
      try (HikariDataSource pool = shelf.database.anotherPool()) {
        other.executeWithoutResult(
            _ -> {
              shelf.jdbc.queryForList(
                  "select 1 from withdrawal where id = ? for update", busy.id());
              assertThat(shelf.job(pool, 10).runOnce()).isPositive();
            });
      }
      assertThat(shelf.parts(busy)).isZero();
      assertThat(shelf.parts(free)).isEqualTo(1);
      shelf.later(Shelf.LOOK_AGAIN);
      shelf.archive();
      assertThat(shelf.parts(busy)).isEqualTo(1);
      Invariants.checkAtRest(shelf.jdbc);
    }
  }

  @Test
  void theTimelineIsWholeAlthoughTheJobCommitsWhileItIsRead() throws Exception {
    try (Shelf shelf = new Shelf();
        HikariDataSource other = shelf.database.anotherPool();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Timeline timeline = shelf.engine.payouts.timeline();
      UUID order = shelf.paid("k1").id();
      List<Timeline.Entry> before = timeline.of(order);
      shelf.later(Shelf.KEEP.plusDays(1));
      List<Future<List<Timeline.Entry>>> readings = new ArrayList<>();
      Retention job = shelf.job(other, 10);
      Shelf.on(other)
          .executeWithoutResult(
              _ -> {
                // The reader has seen the archive, which is empty yet, and waits for the history.
                new JdbcTemplate(other).execute("lock table withdrawal_history");
                readings.add(threads.submit(() -> timeline.of(order)));
                assertThat(
                        ChildProcess.await(
                            Duration.ofSeconds(20),
                            () -> isWaitingForALock(shelf.database.dataSource())))
                    .isTrue();
                assertThat(job.runOnce()).isPositive();
              });
      assertThat(readings.getFirst().get(20, TimeUnit.SECONDS)).isEqualTo(before);
      assertThat(shelf.hotRows()).isEmpty();
    }
  }

  private static boolean isWaitingForALock(HikariDataSource pool) {
    return !new JdbcTemplate(pool)
        .queryForList(
            """
            select 1 from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'
            """)
        .isEmpty();
  }

  @Test
  void anEventThatAPersonSendsAgainMeanwhileStays() throws Exception {
    try (Shelf shelf = new Shelf();
        HikariDataSource other = shelf.database.anotherPool();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Withdrawal order = shelf.paid("k1");
      shelf.later(Shelf.KEEP.plusDays(1));
      List<Future<Integer>> runs = new ArrayList<>();
      Shelf.on(shelf.database.dataSource())
          .executeWithoutResult(
              _ -> {
                shelf.jdbc.update(
                    "update notification_delivery set state = 'PENDING', due_at = created_at");
                runs.add(threads.submit(() -> shelf.job(other, 10).runOnce()));
                assertThat(
                        ChildProcess.await(Duration.ofSeconds(20), () -> isWaitingForALock(other)))
                    .isTrue();
              });
      assertThat(runs.getFirst().get(20, TimeUnit.SECONDS)).isPositive();
      assertThat(shelf.parts(order)).isZero();
      assertThat(shelf.count("select count(*) from notification_delivery where state = 'PENDING'"))
          .isEqualTo(1);
      shelf.delivered();
      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();
      assertThat(shelf.parts(order)).isEqualTo(1);
      Invariants.checkAtRest(shelf.jdbc);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "withdrawal_history",
        "channel_message",
        "order_log",
        "notification_delivery",
        "notification"
      })
  void theDatabaseRefusesToDeleteWhatIsNotArchived(String table) {
    try (Shelf shelf = new Shelf()) {
      Withdrawal other = shelf.paid("k1");
      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();
      shelf.refused("k2");
      shelf.paid("k3");
      assertThat(shelf.parts(other)).isEqualTo(1);
      List<String> before = shelf.hotRows();

      refuses(shelf, table, "select 1");
      // Archived is another order, in this transaction.
      refuses(shelf, table, archiveRow("'" + other.id() + "'", "9, 1, 1, 1, 1, 1"));
      // This very order, but with other numbers of rows.
      refuses(shelf, table, archiveRow("id", "1, 1, 99, 99, 99, 99"));
      // This very order with the right numbers of rows, but in another transaction.
      shelf.jdbc.execute(archiveRow("id", RIGHT_NUMBERS));
      refuses(shelf, table, "select 1");

      assertThat(shelf.hotRows()).isEqualTo(before);
    }
  }

  /** A row of the archive for each order that has history. */
  private static String archiveRow(String id, String numbers) {
    return """
    insert into archived_order (withdrawal_id, part, moves, messages, decisions, notices,
           deliveries, status, version, archived_at, content)
    select %s, %s, 'SUCCESS', 3, now(), '' from withdrawal
     where id in (select withdrawal_id from withdrawal_history)
    """
            .formatted(id, numbers)
        + (id.equals("id") ? "" : " limit 1");
  }

  private static void refuses(Shelf shelf, String table, String first) {
    TransactionTemplate transaction = Shelf.on(shelf.database.dataSource());
    assertThatThrownBy(
            () ->
                transaction.executeWithoutResult(
                    _ -> {
                      shelf.jdbc.execute(first);
                      shelf.jdbc.execute("delete from " + table);
                    }))
        .hasMessageContaining(table + " only grows");
  }

  @Test
  void theDatabaseRefusesToDeleteWhatIsStillToBeDone() {
    try (Shelf shelf = new Shelf()) {
      shelf.paid("k1");
      shelf.jdbc.update(
          """
          insert into channel_message (id, channel, source, attempt_id, withdrawal_id, kind,
                 received_at)
          select gen_random_uuid(), 'bank', 'CALLBACK', a.id, a.withdrawal_id, 'PAID', a.created_at
            from payout_attempt a
          """);
      shelf.jdbc.update("update notification_delivery set state = 'PENDING', due_at = created_at");
      refuses(shelf, "channel_message", archiveRow("id", RIGHT_NUMBERS));
      refuses(shelf, "notification_delivery", archiveRow("id", RIGHT_NUMBERS));
    }
  }

  @Test
  void theDatabaseRefusesAChangeOfTheArchive() {
    try (Shelf shelf = new Shelf()) {
      shelf.paid("k1");
      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();
      for (String sql :
          List.of(
              "update archived_order set moves = 1",
              "delete from archived_order",
              "truncate archived_order",
              "delete from archived_message")) {
        assertThatThrownBy(() -> shelf.jdbc.execute(sql)).hasMessageContaining("only grows");
      }
    }
  }
}

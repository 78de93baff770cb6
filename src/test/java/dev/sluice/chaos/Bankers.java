package dev.sluice.chaos;

import dev.sluice.channel.BankControl;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.core.JdbcTemplate;

/** Makes the bank behave as real ones do: it refuses, answers badly, and sends money back. */
final class Bankers {
  private static final Duration BETWEEN_RETURNS = Duration.ofSeconds(4);

  /** Beside what goes wrong on the links: fault, and how often in percent. */
  private static final List<Habit> HABITS =
      List.of(
          new Habit("REFUSE", 4),
          new Habit("ACCEPT_THEN_REFUSE", 2),
          new Habit("CALLBACK_TWICE", 4),
          new Habit("NO_CALLBACK", 2),
          new Habit("CALLBACK_BEFORE_REPLY", 2),
          new Habit("DROP_REPLY", 2),
          new Habit("ERROR_500_THEN_PAY", 1),
          new Habit("PAY_THEN_TIME_OUT", 1),
          new Habit("HTML_REPLY", 1));

  private final URI bank;
  private final long seed;
  private volatile boolean stopped;

  private record Habit(String fault, int percent) {}

  Bankers(URI bank, long seed) {
    this.bank = bank;
    this.seed = seed;
  }

  /** It forgets its habits when it is killed. */
  void teachHabits() {
    try (BankControl control = new BankControl(bank)) {
      for (Habit habit : HABITS) {
        control.fault(
            habit.fault(),
            ",\"count\":-1,\"probability\":0.0%d,\"seed\":%d".formatted(habit.percent(), seed));
      }
    }
  }

  /** From now on it does as it should. */
  void behave() {
    try (BankControl control = new BankControl(bank)) {
      control.call("DELETE", "/control/faults", "", 204);
    }
  }

  /** Sends money back now and then, until stopped. */
  void giveBack(JdbcTemplate jdbc) {
    while (!stopped) {
      LockSupport.parkNanos(BETWEEN_RETURNS.toNanos());
      try (BankControl control = new BankControl(bank)) {
        List<String> paid =
            jdbc.queryForList(
                """
                select replace(a.id::text, '-', '') from payout_attempt a
                  join withdrawal w on w.id = a.withdrawal_id
                 where a.state = 'PAID' and w.status = 'SUCCESS'
                   -- a bank that never calls back about a payment tells of its return in statements only
                   and exists (select 1 from channel_message m
                                where m.attempt_id = a.id and m.source = 'CALLBACK')
                 order by random() limit 1
                """,
                String.class);
        if (!paid.isEmpty() && !stopped) {
          control.call(
              "POST", "/control/return", "{\"requestNo\":\"" + paid.getFirst() + "\"}", 200);
        }
      } catch (RuntimeException | AssertionError e) {
        // the database or the bank is down: another time
      }
    }
  }

  void stop() {
    stopped = true;
  }

  /** Callbacks that nobody has taken yet. */
  int callbacksOwed() {
    try (BankControl control = new BankControl(bank)) {
      String counts = control.call("GET", "/payments?format=count", "", 200);
      return Integer.parseInt(counts.replaceAll("(?s).*\"callbacksOwed\":\\s*(\\d+).*", "$1"));
    }
  }
}

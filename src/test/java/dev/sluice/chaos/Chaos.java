package dev.sluice.chaos;

import dev.sluice.channel.BankControl;
import dev.sluice.support.ChildProcess;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** One run: the system under load, faults as planned, then calm, then the books. */
final class Chaos {
  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);
  private static final Duration LONGEST_QUIET = Duration.ofMinutes(6);
  private static final int DATABASE_READ_TIMEOUT_SECONDS = 60;

  private final Path work;
  private final Plan plan;
  private final double perSecond;
  private final PrintStream out;
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private long started;
  private long saidUnrest;
  private volatile boolean over;

  Chaos(Path work, Plan plan, double perSecond, PrintStream out) {
    this.work = work;
    this.plan = plan;
    this.perSecond = perSecond;
    this.out = out;
  }

  /** Runs it, prints the table, and returns whether nothing differs. */
  Report run() {
    started = System.nanoTime();
    Pulse pulse = new Pulse();
    try (Merchant merchant = new Merchant(pulse);
        Site site = new Site(work, merchant.port(), plan.longestHold());
        Load load = new Load(site, pulse, plan.seed())) {
      say("two instances, PostgreSQL and the bank run");
      load.prepare(site.link("webhooks").port());
      JdbcTemplate jdbc = jdbc(site);
      Bankers bankers = new Bankers(site.bank(), plan.seed());
      bankers.teachHabits();
      Faults faults = new Faults(site, bankers);
      suffer(site, load, bankers, faults, merchant, jdbc);
      long calm = System.nanoTime();
      say("faults off: %d were done; waiting for quiet".formatted(faults.count()));
      calmDown(site, bankers, faults);
      boolean quiet = ChildProcess.await(LONGEST_QUIET, () -> isQuiet(load, jdbc, bankers));
      Duration untilQuiet = Duration.ofNanos(System.nanoTime() - calm);
      if (!quiet) {
        surprises.add("no quiet within " + LONGEST_QUIET + ": " + unrest(load, jdbc, bankers));
      }
      say("comparing the books");
      load.askAgain();
      try (BankControl bank = new BankControl(site.bank())) {
        Books.Result books = Books.compare(jdbc, bank, load.orders(), merchant);
        return new Report(plan, faults, pulse, site, load, merchant, books, surprises, untilQuiet);
      }
    }
  }

  private void suffer(
      Site site, Load load, Bankers bankers, Faults faults, Merchant merchant, JdbcTemplate jdbc) {
    started = System.nanoTime();
    List<Thread> under = new ArrayList<>();
    under.add(start("load", () -> load.run(perSecond, plan.length())));
    Map<String, List<Plan.Step>> lanes = new LinkedHashMap<>();
    plan.steps().forEach(s -> lanes.computeIfAbsent(s.target(), t -> new ArrayList<>()).add(s));
    lanes.forEach((target, steps) -> under.add(start(target, () -> lane(steps, faults))));
    Thread returns = start("returns", () -> bankers.giveBack(jdbc));
    Thread reports = start("reports", () -> report(site, load, faults, merchant));
    try {
      for (Thread one : under) {
        one.join();
      }
      bankers.stop();
      returns.join();
      over = true;
      LockSupport.unpark(reports);
      reports.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Thread start(String name, Runnable what) {
    return Thread.ofPlatform()
        .daemon()
        .name("chaos-" + name)
        .uncaughtExceptionHandler((t, e) -> surprises.add(t.getName() + " broke: " + e))
        .start(what);
  }

  /** One target's faults, one after the other: one that lasts longer puts off the next. */
  private void lane(List<Plan.Step> steps, Faults faults) {
    for (Plan.Step step : steps) {
      Faults.pause(step.at().minusNanos(System.nanoTime() - started));
      say("%s %s for %.1f s".formatted(step.kind(), step.target(), seconds(step.lasts())));
      faults.fire(step);
    }
  }

  private void report(Site site, Load load, Faults faults, Merchant merchant) {
    while (!over) {
      LockSupport.parkNanos(BETWEEN_REPORTS.toNanos());
      say(
          "%d faults, %d orders asked for, %d wait for an answer, %d webhooks; not running: %s"
              .formatted(
                  faults.count(),
                  load.orders().size(),
                  load.withoutAnswer(),
                  merchant.received(),
                  site.ended()));
    }
  }

  private void calmDown(Site site, Bankers bankers, Faults faults) {
    site.links().forEach(Link::heal);
    // The database first: no instance starts without it.
    List<String> ended = new ArrayList<>(site.ended());
    ended.sort(Comparator.comparing(name -> !name.equals("database")));
    for (String name : ended) {
      surprises.add(name + " ended by itself");
      faults.startAgain(name);
    }
    bankers.behave();
  }

  private boolean isQuiet(Load load, JdbcTemplate jdbc, Bankers bankers) {
    Faults.pause(Duration.ofMillis(500));
    String unrest = unrest(load, jdbc, bankers);
    if (System.nanoTime() - saidUnrest > BETWEEN_REPORTS.toNanos() && !unrest.isEmpty()) {
      saidUnrest = System.nanoTime();
      say(unrest);
    }
    return unrest.isEmpty();
  }

  private String unrest(Load load, JdbcTemplate jdbc, Bankers bankers) {
    try {
      long clients = load.withoutAnswer();
      Long orders =
          jdbc.queryForObject(
              "select count(*) from withdrawal where status in ('PENDING', 'REVIEW', 'PROCESSING')",
              Long.class);
      Long webhooks =
          jdbc.queryForObject(
              "select count(*) from notification_delivery where state = 'PENDING'", Long.class);
      int callbacks = bankers.callbacksOwed();
      List<String> why =
          jdbc.queryForList(
              """
              select w.id || ' ' || w.status || ' ' || coalesce(w.reason, '') || ' ' || coalesce(
                     (select string_agg(a.channel || ' ' || a.state || ' ' || coalesce(a.code, '')
                             || ' due ' || coalesce(a.due_at::text, 'never'), '; ')
                        from payout_attempt a where a.withdrawal_id = w.id), 'no attempt')
                from withdrawal w where w.status in ('PENDING', 'REVIEW', 'PROCESSING') limit 3
              """,
              String.class);
      return clients + callbacks == 0
              && Long.valueOf(0).equals(orders)
              && Long.valueOf(0).equals(webhooks)
          ? ""
          : "%d clients without an answer, %d webhooks and %d callbacks owed, %d orders under way %s"
              .formatted(clients, webhooks, callbacks, orders, why);
    } catch (DataAccessException | AssertionError e) {
      return e.toString();
    }
  }

  private static JdbcTemplate jdbc(Site site) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(site.database().url());
    source.setUser("postgres");
    source.setPassword("postgres");
    try {
      source.setConnectTimeout(5);
      source.setSocketTimeout(DATABASE_READ_TIMEOUT_SECONDS);
      source.getConnection().close();
    } catch (SQLException e) {
      throw new IllegalStateException("the database isn't there", e);
    }
    return new JdbcTemplate(source);
  }

  private void say(String what) {
    synchronized (out) {
      out.printf("%7.1f s  %s%n", seconds(Duration.ofNanos(System.nanoTime() - started)), what);
    }
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}

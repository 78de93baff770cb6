package dev.sluice.bench;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** Three times as many orders as the service can take. */
final class Overload implements Benchmark {
  private static final double QUIET = 0.1;
  private static final double TIMES = 3;

  /** Several, of which the median counts: one stall of the disk is a hundredth of ten seconds. */
  private static final int WINDOWS = 5;

  private static final int WINDOW_SECONDS = 3;
  private static final int WARM_SECONDS = 10;
  private static final int AFTER_SECONDS = 6;

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String what() {
    return "orders offered at 3 times the capacity for 60 s, whether or not they are answered";
  }

  @Override
  public Pace pace() {
    return new Pace(1, 60, 25);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    Server product =
        site.server(
            "group", "group", postgres, "-Xmx512m", "-Xmn192m", "--sluice.payouts.enabled=false");
    product.awaitReady();
    Wallets.fill(postgres, Accept.ACCOUNTS);
    var file = site.secrets().usersFile(site.work(), Accept.ACCOUNTS);
    List<String> users = Files.readAllLines(file);
    Wrk wrk = new Wrk(file);
    wrk.withdraw(product, Accept.ACCOUNTS, Math.max(1, pace.warmSeconds()));
    double rough = wrk.withdraw(product, Accept.ACCOUNTS, WINDOW_SECONDS).perSecond();
    OpenLoad load = new OpenLoad(product, "open", users);
    load.run(rough * TIMES, WARM_SECONDS); // refusing is compiled, too, before anything is measured
    double[] capacities = new double[WINDOWS];
    for (int i = 0; i < WINDOWS; i++) {
      capacities[i] = wrk.withdraw(product, Accept.ACCOUNTS, WINDOW_SECONDS).perSecond();
    }
    double capacity = Rounds.median(capacities);
    load.run(capacity * QUIET, 2);
    double[] quiet = new double[WINDOWS];
    for (int i = 0; i < WINDOWS; i++) {
      quiet[i] = load.run(capacity * QUIET, WINDOW_SECONDS).acceptedMillis(0.99);
    }
    double unloaded = Rounds.median(quiet);
    double bound = 4 * unloaded;
    report.note(
        "capacity %,.0f/s; unloaded, at %.0f %% of it: p99 %.1f ms, the median of %.1f to %.1f",
        capacity,
        QUIET * 100,
        unloaded,
        Arrays.stream(quiet).min().orElseThrow(),
        Arrays.stream(quiet).max().orElseThrow());
    long rowsBefore = postgres.count("select count(*) from withdrawal");
    Answers over = load.run(capacity * TIMES, pace.seconds());
    Answers after = load.run(capacity * QUIET, AFTER_SECONDS);
    long rows = postgres.count("select count(*) from withdrawal") - rowsBefore;
    long told = over.accepted() + after.accepted();
    report.note(
        "offered %,.0f/s for %d s: %,d accepted (p50 %.1f, p99 %.1f, at most %.0f ms),"
            + " %,d refused (p50 %.1f, p99 %.1f, at most %.0f ms), %d else",
        capacity * TIMES,
        pace.seconds(),
        over.accepted(),
        over.acceptedMillis(0.5),
        over.acceptedMillis(0.99),
        over.acceptedMillis(1),
        over.refused(),
        over.refusedMillis(0.5),
        over.refusedMillis(0.99),
        over.refusedMillis(1),
        over.failed());
    report.note(
        "%,d rows for %,d answers 201; heap bounded to 512 MB; %.1f s until it was as before",
        rows, told, after.secondsUntil(bound));
    report.figure("capacity per second", Math.round(capacity));
    report.figure("accepted of capacity", over.accepted() / (capacity * pace.seconds()));
    report.atMost("overload: accepted p99 / unloaded p99", over.acceptedMillis(0.99) / unloaded, 4);
    report.atMost("overload: ms until refused, p99", over.refusedMillis(0.99), 50);
    report.atMost("overload: answers but 201 and 429 in time", over.failed() + after.failed(), 0);
    report.atMost("overload: accepted and not in the database", Math.max(0, told - rows), 0);
    report.atMost("overload: seconds to recover", after.secondsUntil(bound), 2);
  }
}

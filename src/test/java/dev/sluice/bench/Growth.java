package dev.sluice.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Accepting and whole lives with many orders present, beside the same on an empty database. */
final class Growth implements Benchmark {
  private static final long ORDERS = Long.getLong("bench.growth.orders", 10_000_000);
  private static final double LEAST = 0.85;

  /** Rows that may be read per order from one table; a scan of the past reads millions. */
  private static final double MOST_ROWS_PER_ORDER = 100;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public String what() {
    return "%,d orders present: accept and lifecycle, beside an empty database".formatted(ORDERS);
  }

  @Override
  public Pace pace() {
    return new Pace(5, 6, 40);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres empty = site.postgres("max_wal_size=16GB", "wal_level=minimal", "max_wal_senders=0");
    Postgres full = empty.another("grown");
    try (Lifecycle.Line there = Lifecycle.Line.start(site, "with-a-past", "group", full);
        Lifecycle.Line here = Lifecycle.Line.start(site, "without", "group", empty)) {
      Before before = new Before();
      // Their workers look for work all the while: at first there is no index to look in, and then
      // what is accepted is not for them.
      there
          .server()
          .meanwhile(
              () -> {
                fill(full, report);
                before.look(full);
                here.server().meanwhile(() -> accept(site, pace, report, full, empty));
              });
      Rounds rounds =
          new Rounds(report, empty)
              .side("empty", here.server(), here.orders()::load)
              .side("full", there.server(), there.orders()::load);
      // A whole life takes more code to compile than accepting does.
      rounds.run(pace.with(null, null, pace.warmSeconds() * 3 / 2)).sum();
      report.atLeast("lifecycle with a past / without", rounds.throughput("full", "empty"), LEAST);
      there.orders().close();
      here.orders().close();
      there.server().stop();
      here.server().stop();
      check(full, report, before);
    }
  }

  private static void fill(Postgres full, Report report) throws Exception {
    long start = System.nanoTime();
    new Past(full, ORDERS).fill();
    report.note(
        "%,d orders with all their rows in %.0f s, %s",
        ORDERS,
        (System.nanoTime() - start) / 1e9,
        full.query("select pg_size_pretty(pg_database_size(current_database()))"));
  }

  /** What had been read before anything was measured. */
  private static final class Before {
    private Map<String, Long> scans = Map.of();
    private Map<String, Long> rows = Map.of();
    private long orders;

    void look(Postgres postgres) {
      scans = reads(postgres, "seq_tup_read");
      rows = reads(postgres, "idx_tup_fetch");
      orders = inserted(postgres);
    }
  }

  /** How many orders there are, by the statistics: counting them would be the scan looked for. */
  private static long inserted(Postgres postgres) {
    return postgres.count("select n_tup_ins from pg_stat_user_tables where relname = 'withdrawal'");
  }

  /**
   * Single orders, which nobody pays: they leave the queue, so that whole lives are measured alone.
   */
  private static void accept(Site site, Pace pace, Report report, Postgres full, Postgres empty)
      throws Exception {
    Server there =
        site.server("accept-with-a-past", "group", full, "--sluice.payouts.enabled=false");
    Server here = site.server("accept-without", "group", empty, "--sluice.payouts.enabled=false");
    Wrk wrk = new Wrk(site.secrets().usersFile(site.work(), Lifecycle.ACCOUNTS));
    there.awaitReady();
    here.awaitReady();
    Rounds rounds =
        new Rounds(report, empty)
            .side("empty", here, seconds -> wrk.withdraw(here, Lifecycle.ACCOUNTS, seconds))
            .side("full", there, seconds -> wrk.withdraw(there, Lifecycle.ACCOUNTS, seconds));
    rounds.run(pace).sum();
    report.atLeast("accept with a past / without", rounds.throughput("full", "empty"), LEAST);
    there.stop();
    here.stop();
    full.execute("truncate payout_due");
    empty.execute("truncate payout_due");
  }

  /** From what was really executed: whole tables read, and rows read by way of indexes. */
  private static void check(Postgres postgres, Report report, Before before) {
    Map<String, Long> scans = reads(postgres, "seq_tup_read");
    Map<String, Long> rows = reads(postgres, "idx_tup_fetch");
    long orders = inserted(postgres) - before.orders;
    long whole = 0;
    double most = 0;
    for (String table : Past.TABLES) {
      long scanned = scans.getOrDefault(table, 0L) - before.scans.getOrDefault(table, 0L);
      double read =
          (double) (rows.getOrDefault(table, 0L) - before.rows.getOrDefault(table, 0L)) / orders;
      report.note(
          "%-22s %,d rows read by scans; %.1f rows per order by indexes", table, scanned, read);
      // By rows: the server counts a scan for each range of blocks that it sums up for a BRIN
      // index.
      whole += scanned / ORDERS;
      most = Math.max(most, read);
    }
    report.atMost("scans of whole tables", whole, 0);
    report.atMost("rows read per order, of one table", most, MOST_ROWS_PER_ORDER);
  }

  private static Map<String, Long> reads(Postgres postgres, String column) {
    Map<String, Long> reads = new HashMap<>();
    for (String table : List.copyOf(Past.TABLES)) {
      reads.put(
          table,
          postgres.count(
              "select coalesce(%s, 0) from pg_stat_user_tables where relname = '%s'"
                  .formatted(column, table)));
    }
    return reads;
  }
}

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
    return new Pace(3, 8, 40);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres empty = site.postgres("max_wal_size=16GB", "wal_level=minimal", "max_wal_senders=0");
    Postgres full = empty.another("grown");
    try (Lifecycle.Line there = Lifecycle.Line.start(site, "with-a-past", "group", full);
        Lifecycle.Line here = Lifecycle.Line.start(site, "without", "group", empty)) {
      long start = System.nanoTime();
      // Its workers look for work all the while, and meanwhile there is no index to look in.
      there
          .server()
          .meanwhile(
              () -> {
                new Past(full, ORDERS, Lifecycle.ACCOUNTS).fill();
                return null;
              });
      report.note(
          "%,d orders with all their rows in %.0f s, %s",
          ORDERS,
          (System.nanoTime() - start) / 1e9,
          full.query("select pg_size_pretty(pg_database_size(current_database()))"));
      Map<String, Long> scans = reads(full, "seq_tup_read");
      Map<String, Long> rows = reads(full, "idx_tup_fetch");
      long before = full.count("select count(*) from payout_due") + sequence(full);
      Rounds rounds =
          new Rounds(report, empty)
              .side("empty", here.server(), here.orders()::load)
              .side("full", there.server(), there.orders()::load);
      rounds.run(pace).sum();
      report.atLeast("lifecycle with a past / without", rounds.throughput("full", "empty"), LEAST);
      there.orders().close();
      here.orders().close();
      there.server().stop();
      here.server().stop();
      accept(site, pace, report, full, empty);
      check(full, report, scans, rows, sequence(full) - before);
    }
  }

  /** How many orders there are, by the statistics: counting them would be the scan looked for. */
  private static long sequence(Postgres postgres) {
    return postgres.count("select n_tup_ins from pg_stat_user_tables where relname = 'withdrawal'");
  }

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
  }

  /** From what was really executed: whole tables read, and rows read by way of indexes. */
  private static void check(
      Postgres postgres,
      Report report,
      Map<String, Long> scansBefore,
      Map<String, Long> rowsBefore,
      long orders) {
    Map<String, Long> scans = reads(postgres, "seq_tup_read");
    Map<String, Long> rows = reads(postgres, "idx_tup_fetch");
    long whole = 0;
    double most = 0;
    for (String table : Past.TABLES) {
      long scanned = scans.getOrDefault(table, 0L) - scansBefore.getOrDefault(table, 0L);
      double read =
          (double) (rows.getOrDefault(table, 0L) - rowsBefore.getOrDefault(table, 0L)) / orders;
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

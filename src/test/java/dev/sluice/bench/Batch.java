package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Many orders in one call, beside the same rows written straight in SQL. */
final class Batch implements Benchmark {
  private static final int ORDERS = 15_000;
  private static final int AT_ONCE = 2;
  private static final int ROWS_PER_STATEMENT = 1_000;

  /** What one call holds differs from the next; what all of them leave behind must not add up. */
  private static final double FLAT = 1.15;

  @Override
  public String name() {
    return "batch";
  }

  @Override
  public String what() {
    return "15,000 orders a call, JSON and NDJSON, two calls at a time, 100,000 accounts";
  }

  @Override
  public Pace pace() {
    return new Pace(3, 10, 20);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    Server product =
        site.server("product", "group", postgres, "--sluice.payouts.enabled=false").awaitReady();
    Wallets.fill(postgres, Accept.ACCOUNTS);
    String token = site.secrets().token("platform", "withdrawals:batch");
    BatchClient json = new BatchClient(product, token, false, ORDERS, Accept.ACCOUNTS);
    BatchClient lines = new BatchClient(product, token, true, ORDERS, Accept.ACCOUNTS);
    SqlLimit limit = new SqlLimit(postgres, ROWS_PER_STATEMENT, AT_ONCE, Accept.ACCOUNTS);
    Heap heap = new Heap(product);
    List<Long> live = new ArrayList<>();
    Rounds rounds =
        new Rounds(report, postgres)
            .side("sql-limit", null, limit::load)
            .side("json", product, seconds -> watched(json, seconds, heap, live))
            .side("ndjson", product, seconds -> watched(lines, seconds, heap, live));
    rounds.run(pace).sum();
    report.atLeast("batch as JSON / SQL", rounds.throughput("json", "sql-limit"), 0.6);
    report.atLeast("batch as NDJSON / SQL", rounds.throughput("ndjson", "sql-limit"), 0.6);
    // Both sides were warmed up first.
    double first = Math.max(live.get(0), live.get(1));
    double last = live.getLast();
    report.note("live heap after each run: %s", megabytes(live));
    report.atMost("live heap, after the last run / before the first", last / first, FLAT);
  }

  private static String megabytes(List<Long> bytes) {
    return bytes.stream().map(b -> (b >> 20) + " MB").collect(Collectors.joining(", "));
  }

  private static Load watched(BatchClient client, int seconds, Heap heap, List<Long> live)
      throws Exception {
    Load load = client.load(AT_ONCE, seconds);
    live.add(heap.liveBytes());
    return load;
  }
}

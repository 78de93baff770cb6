package dev.sluice.bench;

import tools.jackson.databind.JsonNode;

/** What a line costs in a statement ten times as long. */
final class ReconcileLarge implements Benchmark {
  private static final int LINES = 1_000_000;
  private static final int TIMES = 10;
  private static final double MOST = 1.2;

  @Override
  public String name() {
    return "reconcile-large";
  }

  @Override
  public String what() {
    return "10,000,000 statement lines beside 1,000,000, each in 512 MB of heap";
  }

  @Override
  public Pace pace() {
    return new Pace(1, 1, 0);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    double small = perLine(site, pace, report, LINES);
    double large = perLine(site, pace, report, LINES * TIMES);
    report.atMost("cost of a line, of 10 million / of 1 million", large / small, MOST);
  }

  private static double perLine(Site site, Pace pace, Report report, int lines) throws Exception {
    JsonNode found = Reconcile.measure(site, lines, pace.rounds());
    double seconds = found.get("reconcileSeconds").doubleValue();
    double micros = seconds * 1e6 / lines;
    report.note(
        "%,d lines: %.1f s, %.2f us a line, %.1f times DuckDB's join; heap at most %d MB",
        lines,
        seconds,
        micros,
        found.get("ofDuckdb").doubleValue(),
        found.get("maxHeapMb").intValue());
    report.figure("microseconds a line of " + lines, micros);
    return micros;
  }
}

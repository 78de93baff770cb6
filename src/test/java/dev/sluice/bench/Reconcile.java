package dev.sluice.bench;

import dev.sluice.reconcile.ReconcileBench;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A day's statement against a day's payouts, in a JVM of its own, for its heap is bounded. */
final class Reconcile implements Benchmark {
  private static final int LINES = 1_000_000;

  @Override
  public String name() {
    return "reconcile";
  }

  @Override
  public String what() {
    return "1,000,000 statement lines against 1,000,000 payouts, in 512 MB of heap";
  }

  @Override
  public Pace pace() {
    return new Pace(3, 1, 0);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    JsonNode found = measure(site, LINES, pace.rounds());
    report.note(
        "DuckDB %.2f s, reconcile %.2f s, a look-up per line %.2f s; heap at most %d MB",
        found.get("duckdbSeconds").doubleValue(),
        found.get("reconcileSeconds").doubleValue(),
        found.get("lookUpSeconds").doubleValue(),
        found.get("maxHeapMb").intValue());
    report.atMost(
        "reconcile's time / DuckDB's join",
        found.get("ofDuckdb").doubleValue(),
        found.get("requiredOfDuckdb").doubleValue());
    report.atLeast(
        "a look-up per line / reconcile's time",
        found.get("ofLookUps").doubleValue(),
        found.get("requiredOfLookUps").doubleValue());
  }

  /** Runs it in 512 MB of heap: so many lines against as many payouts. */
  static JsonNode measure(Site site, int lines, int rounds) throws Exception {
    Path file = site.work().resolve("reconcile-" + lines + ".json");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ReconcileBench.class.getName());
    command.addAll(List.of("" + lines, "" + rounds, file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    if (!file.toFile().exists()) {
      throw new IllegalStateException("it said: " + said);
    }
    return JsonMapper.shared().readTree(file.toFile());
  }
}

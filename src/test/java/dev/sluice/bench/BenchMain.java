package dev.sluice.bench;

import dev.sluice.support.ChildProcess;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code bin/bench NAME...|all}: the product against its baselines, fsync on, with PostgreSQL,
 * services and load on the same cores. Every claim is a ratio of two figures of the same run.
 */
public final class BenchMain {
  private static final String HELP =
      """
      Usage: bin/bench NAME... [--rounds N] [--seconds N] [--warm N]

      Measures the product against its baselines, side by side in one run. Each NAME has its own
      rounds and seconds, so that `bin/bench all` ends within 40 minutes; options overrule them.
      Results also go to bench/out/NAME.json. Exits 1 if a required ratio is not reached.
      Needs wrk (Debian: apt-get install wrk).

      NAME
      """;
  private static final Set<String> OPTIONS = Set.of("--rounds", "--seconds", "--warm");
  private static final Path OUT = Path.of("bench", "out");

  private BenchMain() {}

  /** Runs what is named, or shows how. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Benchmark> chosen = new ArrayList<>();
    Map<String, Integer> options = new HashMap<>();
    try {
      for (int i = 0; i < args.length; i++) {
        if (OPTIONS.contains(args[i]) && i + 1 < args.length) {
          options.put(args[i], Integer.parseInt(args[++i]));
        } else if (args[i].equals("all")) {
          chosen.addAll(Benches.ALL);
        } else if (!args[i].equals("--help")) {
          chosen.add(Benches.named(args[i]));
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println("bin/bench: " + e.getMessage());
      System.exit(2);
    }
    if (chosen.isEmpty()) {
      help(out);
    } else {
      System.exit(run(chosen, options, out) ? 0 : 1);
    }
  }

  private static void help(PrintStream out) {
    out.print(HELP);
    Benches.ALL.forEach(bench -> out.printf("  %-16s %s%n", bench.name(), bench.what()));
    out.printf("  %-16s %s%n%n", "all", "all of these, one after the other");
    out.println("These take long, and are only run by name:");
    Benches.LONG.forEach(bench -> out.printf("  %-16s %s%n", bench.name(), bench.what()));
  }

  private static boolean run(
      List<Benchmark> benches, Map<String, Integer> options, PrintStream out) {
    long start = System.nanoTime();
    List<Report> reports = new ArrayList<>();
    for (Benchmark bench : benches) {
      Report report = new Report(bench.name(), out);
      Pace pace =
          bench
              .pace()
              .with(options.get("--rounds"), options.get("--seconds"), options.get("--warm"));
      out.printf("%n%s: %s%n", bench.name(), bench.what());
      long begun = System.nanoTime();
      try (Site site = new Site()) {
        bench.run(site, pace, report);
      } catch (Exception | AssertionError e) {
        e.printStackTrace(out);
        report.failed(e);
      } finally {
        ChildProcess.killAll();
      }
      report.write(OUT);
      reports.add(report);
      out.printf("  %s took %s%n", bench.name(), since(begun));
    }
    out.printf("%n%-44s %10s %12s%n", "ratio", "reached", "required");
    reports.forEach(report -> report.table(out));
    boolean good = reports.stream().allMatch(Report::isReached);
    out.printf("%s, in %s%n", good ? "all reached" : "NOT all reached", since(start));
    return good;
  }

  private static String since(long nanos) {
    Duration took = Duration.ofNanos(System.nanoTime() - nanos);
    return "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart());
  }
}

package dev.sluice.chaos;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code bin/chaos}. */
final class ChaosMain {
  private static final String HELP =
      """
      Usage: bin/chaos [--minutes N] [--seed S] [--rate R] [--only KINDS] [--faults F]
                        [--work DIRECTORY] [--plan]

      Runs two instances of Sluice, PostgreSQL (fsync on) and the simulated bank, each as a process of
      its own, with a TCP proxy on every link between them, their clients and their merchant. Under
      load it does what a seeded plan says, and prints the plan first: kill -9 and restart of each,
      SIGSTOP beyond every timeout, connections reset, refused, 30 s late, half-open, and reset after
      the request, full pools, no connection left in PostgreSQL, its writes refused as on a full disk.
      Then all faults end, it waits for quiet, and compares three books: what clients and the merchant
      were told, the ledger, and the bank's own record.

        --minutes N    how long faults go on; what was begun is finished (5)
        --seed S       of the plan and the orders; without it a fresh one, which is printed
        --rate R       withdrawals a second (15)
        --work DIR     where data and logs go, emptied by nobody (a new directory below target/chaos)
        --only KINDS   faults of these kinds only, separated by commas, as the plan names them
        --faults F     faults a minute (9.6); few of them tell the time to recover from each
        --plan         prints the plan and ends

      Exits 1 if anything differs. What runs is stopped by its process id, also on Ctrl-C.
      """;

  private long minutes = 5;
  private double rate = 15;
  private double faults = Plan.FAULTS_PER_MINUTE;
  private boolean planOnly;
  private Set<Kind> only = EnumSet.allOf(Kind.class);
  private @Nullable Long seed;
  private @Nullable Path work;

  private ChaosMain() {}

  /** Runs what the arguments ask for. */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    ChaosMain main = new ChaosMain();
    try {
      if (!main.understands(List.of(args))) {
        out.print(HELP);
        return;
      }
    } catch (IllegalArgumentException e) {
      out.println("bin/chaos: " + e.getMessage() + "; see bin/chaos --help");
      System.exit(64);
    }
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.ERROR);
    }
    int code = 1;
    try {
      code = main.run(out);
    } catch (RuntimeException e) {
      e.printStackTrace(out);
    }
    System.exit(code); // whatever threads there are still
  }

  private boolean understands(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> {
          return false;
        }
        case "--plan" -> planOnly = true;
        case "--minutes" -> minutes = Long.parseLong(value(args, ++i));
        case "--seed" -> seed = Long.parseLong(value(args, ++i));
        case "--rate" -> rate = Double.parseDouble(value(args, ++i));
        case "--only" -> only = kinds(value(args, ++i));
        case "--faults" -> faults = Double.parseDouble(value(args, ++i));
        case "--work" -> work = Path.of(value(args, ++i));
        default -> throw new IllegalArgumentException("what is " + args.get(i) + "?");
      }
    }
    if (minutes < 1 || minutes > 24 * 60 || !(rate > 0 && rate <= 1_000)) {
      throw new IllegalArgumentException("--minutes is 1 to 1440, --rate above 0 up to 1000");
    }
    return true;
  }

  private static Set<Kind> kinds(String names) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (String name : names.split(",")) {
      kinds.add(Kind.valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
    }
    return kinds;
  }

  private static String value(List<String> args, int at) {
    if (at >= args.size()) {
      throw new IllegalArgumentException(args.get(at - 1) + " needs a value");
    }
    return args.get(at);
  }

  private int run(PrintStream out) throws IOException {
    long chosen = seed == null ? new SecureRandom().nextLong() >>> 24 : seed;
    Plan plan = Plan.of(chosen, Duration.ofMinutes(minutes), faults, only);
    out.print(plan.words());
    if (planOnly) {
      return 0;
    }
    Path directory = work;
    if (directory == null) {
      directory = Path.of("target", "chaos", "run-" + System.currentTimeMillis());
    }
    Files.createDirectories(directory);
    out.println("Data and logs are in " + directory);
    Report report = new Chaos(directory.toAbsolutePath(), plan, rate, out).run();
    out.print(report.words());
    return report.differences().isEmpty() ? 0 : 1;
  }
}

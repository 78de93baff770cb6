package dev.sluice.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code bin/fuzz}. */
final class FuzzMain {
  private static final String HELP =
      """
      Usage: bin/fuzz [--minutes N] [--seed S] [--requests M] [--serve]

      Starts the service with a PostgreSQL and a simulated bank of its own, reads the OpenAPI document
      that it publishes, and sends requests that a seed decides: every operation and field, with the
      tokens of two users, of operators and of nobody, right and spoiled: other types and sizes,
      strings that are not nice, broken JSON, encodings, media types, headers, paths, framing, what is
      another user's, and the same several times at once.

      No answer may be a 5xx, show insides of the service or what is
      another user's, or be an error without its problem+json; the log may hold neither errors nor
      card numbers nor tokens; and in the end all invariants must hold. Each finding is printed with
      the curl line that shows it.

        --minutes N    how long (3)
        --seed S       without it a fresh one, which is printed
        --requests M   how many at most
        --serve        starts the service, prints what the curl lines need, and waits

      Exits 1 if anything was found.
      """;

  private long minutes = 3;
  private long requests = Long.MAX_VALUE;
  private boolean serve;
  private @Nullable Long seed;

  private FuzzMain() {}

  /** Runs what the arguments ask for. */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    FuzzMain main = new FuzzMain();
    try {
      if (!main.understands(List.of(args))) {
        out.print(HELP);
        return;
      }
    } catch (IllegalArgumentException e) {
      out.println("bin/fuzz: " + e.getMessage() + "; see bin/fuzz --help");
      System.exit(64);
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
        case "--serve" -> serve = true;
        case "--minutes" -> minutes = number(args, ++i);
        case "--seed" -> seed = number(args, ++i);
        case "--requests" -> requests = number(args, ++i);
        default -> throw new IllegalArgumentException("what is " + args.get(i) + "?");
      }
    }
    return true;
  }

  private static long number(List<String> args, int at) {
    if (at >= args.size()) {
      throw new IllegalArgumentException(args.get(at - 1) + " needs a number");
    }
    return Long.parseLong(args.get(at));
  }

  private int run(PrintStream out) throws IOException {
    long chosen = seed == null ? new SecureRandom().nextLong() >>> 24 : seed;
    Path work = Files.createTempDirectory("sluice-fuzz");
    try (Target target = new Target(work)) {
      if (serve) {
        return serve(target, out);
      }
      quieten();
      out.printf("Seed %d%n", chosen);
      Fuzzer.Outcome outcome =
          new Fuzzer(target, out, true).run(chosen, requests, Duration.ofMinutes(minutes));
      outcome
          .answers()
          .forEach((operation, statuses) -> out.printf("%-50s %s%n", operation, statuses));
      out.printf("never answered with a success: %s%n", outcome.neverSucceeded());
      out.printf("%,d requests, %d findings%n", outcome.requests(), outcome.findings().size());
      if (!outcome.findings().isEmpty()) {
        out.printf("Again: bin/fuzz --seed %d; for the curl lines: bin/fuzz --serve%n", chosen);
      }
      return outcome.findings().isEmpty() ? 0 : 1;
    }
  }

  private static void quieten() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.iteratorForAppenders()
          .forEachRemaining(
              appender -> {
                if (!(appender instanceof LogWatch)) {
                  root.detachAppender(appender);
                }
              });
      root.setLevel(Level.WARN);
    }
  }

  private static int serve(Target target, PrintStream out) {
    out.println("BASE=http://127.0.0.1:" + target.port());
    target.tokens().forEach((caller, token) -> out.println(caller + "=" + token));
    out.println("# until Ctrl-C");
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
    return 0;
  }
}

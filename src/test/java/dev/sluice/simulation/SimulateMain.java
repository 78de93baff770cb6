package dev.sluice.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code bin/simulate}. */
final class SimulateMain {
  private static final String HELP =
      """
      Usage: bin/simulate [--histories M] [--seed S] [--minutes T] [--lanes L] [--story]

      Runs simulated histories: two instances of the engine's own code on a real PostgreSQL, with a
      virtual clock, modelled banks, clients and operators, and faults at every commit and call. One
      seed decides a whole history. After every step and in the end the invariants are checked, and
      what clients were told, the database and the banks' own record are compared.

        --histories M  how many histories (200 without --minutes)
        --seed S       the first seed; the others follow it. Without it, a fresh one, which is printed
        --minutes T    goes on for so long, however many histories that makes
        --lanes L      histories at once, each in a database of its own (2)
        --story        tells the story of each history, even if it is right

      The first history that fails is told in words, as short as it still fails, and ends the run with
      exit code 1. A run of 100 or more histories in which a listed fault never happened, or in which
      less than 20 % of the orders succeeded, proves nothing: it is void, exit code 2.
      """;
  private static final int FEWEST_FOR_COVERAGE = 100;

  private long histories = -1;
  private @Nullable Long seed;
  private long minutes = -1;
  private int lanes = 2;
  private boolean story;

  private SimulateMain() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SimulateMain main = new SimulateMain();
    try {
      if (!main.understands(List.of(args))) {
        out.print(HELP);
        System.exit(0);
      }
    } catch (IllegalArgumentException e) {
      out.println("bin/simulate: " + e.getMessage() + "; see bin/simulate --help");
      System.exit(64);
    }
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    System.exit(main.run(out));
  }

  private boolean understands(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> {
          return false;
        }
        case "--story" -> story = true;
        case "--histories" -> histories = number(args, ++i);
        case "--seed" -> seed = number(args, ++i);
        case "--minutes" -> minutes = number(args, ++i);
        case "--lanes" -> lanes = Math.toIntExact(Math.clamp(number(args, ++i), 1, 64));
        default -> throw new IllegalArgumentException("what is " + args.get(i) + "?");
      }
    }
    return true;
  }

  private static long number(List<String> args, int at) {
    if (at >= args.size()) {
      throw new IllegalArgumentException(args.get(at - 1) + " needs a number");
    }
    try {
      return Long.parseLong(args.get(at));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(args.get(at) + " is not a number", e);
    }
  }

  private int run(PrintStream out) {
    long first = seed == null ? Simulator.freshSeed() : seed;
    long count = histories > 0 ? histories : minutes > 0 ? Long.MAX_VALUE : 200;
    Duration atMost = minutes > 0 ? Duration.ofMinutes(minutes) : Duration.ofDays(365);
    out.printf("First seed %d%n", first);
    Simulator.Outcome outcome =
        new Simulator(() -> Mistake.NONE, story ? 1 : lanes, out)
            .telling(story)
            .run(first, count, atMost);
    if (outcome.failed() != null) {
      out.print(Simulator.tell(Simulator.shrunk(outcome.failed(), () -> Mistake.NONE)));
      return 1;
    }
    out.println();
    out.print(outcome.coverage().table());
    out.printf(
        "%nAll right: %,d histories in %d s, %d a minute.%n",
        outcome.histories(),
        outcome.took().toSeconds(),
        outcome.histories() * 60_000 / Math.max(1, outcome.took().toMillis()));
    List<String> reasons = outcome.coverage().voidBecause();
    if (outcome.histories() < FEWEST_FOR_COVERAGE) {
      out.printf("Too few to say what was covered (%d reasons).%n", reasons.size());
      return 0;
    }
    reasons.forEach(reason -> out.println("Void: " + reason));
    return reasons.isEmpty() ? 0 : 2;
  }
}

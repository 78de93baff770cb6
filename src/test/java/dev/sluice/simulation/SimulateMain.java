package dev.sluice.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code bin/simulate}. */
final class SimulateMain {
  private static final String HELP =
      """
      Usage: bin/simulate [--histories M] [--seed S] [--minutes T] [--lanes L] [--story] [--planted]

      Runs simulated histories: two instances of the engine's own code on a real PostgreSQL, with a
      virtual clock, modelled banks, clients and operators, and faults at every commit and call. One
      seed decides a whole history. After every step and in the end the invariants are checked, and
      what clients were told, the database and the banks' own record are compared.

        --histories M  how many histories (200 without --minutes)
        --seed S       the first seed; the others follow it. Without it, a fresh one, which is printed
        --minutes T    goes on for so long, however many histories that makes
        --lanes L      histories at once, each in a database of its own (2)
        --story        tells the story of each history, even if it is right
        --planted      plants mistakes into the engine, one after the other, and prints after how many
                       histories each is caught

      The first history that fails is told in words, as short as it still fails, and ends the run with
      exit code 1. A run of 200 or more histories in which a listed fault never happened, or in which
      less than 20 % of the orders succeeded, proves nothing: it is void, exit code 2.
      """;
  private static final int FEWEST_FOR_COVERAGE = 200;
  private static final int TIMES_PLANTED = 10;
  private static final long MOST_UNTIL_CAUGHT = 100;

  private long histories = -1;
  private @Nullable Long seed;
  private long minutes = -1;
  private int lanes = 2;
  private boolean story;
  private boolean planted;

  private SimulateMain() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SimulateMain main = new SimulateMain();
    try {
      if (!main.understands(List.of(args))) {
        out.print(HELP);
        end(0);
      }
    } catch (IllegalArgumentException e) {
      out.println("bin/simulate: " + e.getMessage() + "; see bin/simulate --help");
      end(64);
    }
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    end(main.run(out));
  }

  /** Maven runs this and has exit codes of its own, so bin/simulate reads ours from a file. */
  private static void end(int code) {
    String file = System.getProperty("simulate.exit");
    if (file != null) {
      try {
        Files.writeString(Path.of(file), String.valueOf(code));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    System.exit(code);
  }

  private boolean understands(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> {
          return false;
        }
        case "--story" -> story = true;
        case "--planted" -> planted = true;
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
    if (planted) {
      return plantAll(first, out);
    }
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

  /** Plants each mistake several times, each time with other seeds. */
  private int plantAll(long first, PrintStream out) {
    long most = histories > 0 ? histories : MOST_UNTIL_CAUGHT;
    boolean allCaught = true;
    for (Planted mistake : Planted.values()) {
      long sum = 0;
      long longest = 0;
      Simulator.Outcome last = null;
      for (int time = 0; time < TIMES_PLANTED; time++) {
        last =
            new Simulator(mistake::mistake, 1, out)
                .run(first + time * most, most, Duration.ofHours(1));
        allCaught &= !last.violation().isEmpty();
        sum += last.histories();
        longest = Math.max(longest, last.histories());
      }
      out.printf(
          "%-30s caught after %.1f histories on average, %d at most; lastly: %s%n",
          mistake, (double) sum / TIMES_PLANTED, longest, last == null ? "" : last.violation());
    }
    return allCaught ? 0 : 1;
  }
}

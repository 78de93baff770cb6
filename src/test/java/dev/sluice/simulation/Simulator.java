package dev.sluice.simulation;

import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs histories, several at once, until all are run, time is up, or one fails. */
final class Simulator {
  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(20);

  private final Supplier<Mistake> mistake;
  private final int lanes;
  private final PrintStream out;
  private boolean stories;

  /** With how many histories at once, each in a database of its own. */
  Simulator(Supplier<Mistake> mistake, int lanes, PrintStream out) {
    this.mistake = mistake;
    this.lanes = lanes;
    this.out = out;
  }

  /** Tells the story of each history, too. */
  Simulator telling(boolean stories) {
    this.stories = stories;
    return this;
  }

  static long freshSeed() {
    return new SecureRandom().nextLong() >>> 24;
  }

  /**
   * How a run went.
   *
   * @param failed the first history that failed; null if all were right
   * @param histories how many were run
   */
  record Outcome(
      History.@Nullable Result failed, long histories, Coverage coverage, Duration took) {

    /** What was wrong, in one line; empty if all were right. */
    String violation() {
      String what = failed == null ? null : failed.violation();
      return what == null ? "" : what.lines().findFirst().orElse("");
    }
  }

  /** One run under way. */
  private static final class Run {
    final long start = System.nanoTime();
    final long first;
    final long count;
    final Duration atMost;
    final Coverage coverage = new Coverage();
    final AtomicLong next = new AtomicLong();
    final AtomicLong reported = new AtomicLong(start);
    final List<History.Result> failed = new CopyOnWriteArrayList<>();
    final List<Throwable> broken = new CopyOnWriteArrayList<>();

    Run(long first, long count, Duration atMost) {
      this.first = first;
      this.count = count;
      this.atMost = atMost;
    }

    boolean goesOn() {
      return failed.isEmpty()
          && broken.isEmpty()
          && System.nanoTime() - start < atMost.toNanos()
          && next.get() < count;
    }
  }

  /** Runs the seeds from {@code first} on, until {@code count} are run or time is up. */
  Outcome run(long first, long count, Duration atMost) {
    Run run = new Run(first, count, atMost);
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i <= Math.min(lanes, count); i++) {
      Thread thread = Thread.ofPlatform().name("simulation-" + i).unstarted(() -> lane(run));
      thread.setUncaughtExceptionHandler((t, e) -> run.broken.add(e));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    if (!run.broken.isEmpty()) {
      throw new IllegalStateException("the simulation itself broke", run.broken.getFirst());
    }
    return new Outcome(
        run.failed.isEmpty() ? null : run.failed.getFirst(),
        run.coverage.histories(),
        run.coverage,
        Duration.ofNanos(System.nanoTime() - run.start));
  }

  private void lane(Run run) {
    try (Arena arena = new Arena(mistake.get())) {
      while (run.goesOn()) {
        long n = run.next.getAndIncrement();
        if (n >= run.count) {
          return;
        }
        History.Result result = History.run(run.first + n, Integer.MAX_VALUE, arena);
        run.coverage.add(result.coverage());
        if (stories) {
          out.print(tell(result));
        }
        if (result.violation() != null) {
          run.failed.add(result);
        }
        report(run.start, run.reported, run.coverage);
      }
    }
  }

  private void report(long start, AtomicLong reported, Coverage coverage) {
    long last = reported.get();
    long now = System.nanoTime();
    if (now - last > BETWEEN_REPORTS.toNanos() && reported.compareAndSet(last, now)) {
      synchronized (coverage) {
        out.printf(
            "%,d histories, %,d steps, %,d orders in %d s%n",
            coverage.histories(),
            coverage.steps(),
            coverage.orders(),
            (now - start) / 1_000_000_000);
      }
    }
  }

  /** The same history, as short as it still fails. */
  static History.Result shrunk(History.Result failed, Supplier<Mistake> mistake) {
    try (Arena arena = new Arena(mistake.get())) {
      for (int steps = 0; steps < failed.steps(); steps++) {
        History.Result shorter = History.run(failed.seed(), steps, arena);
        if (shorter.violation() != null) {
          return shorter;
        }
      }
      return failed;
    }
  }

  /** A history in words. */
  static String tell(History.Result result) {
    StringBuilder words = new StringBuilder();
    words.append("%nHistory of seed %d, %d steps:%n".formatted(result.seed(), result.steps()));
    result.story().forEach(line -> words.append(line).append(System.lineSeparator()));
    if (result.violation() != null) {
      words.append(
          "%nFAILED: %s%nSeed %d fails within %d steps; again: bin/simulate --seed %d --histories 1%n"
              .formatted(result.violation(), result.seed(), result.steps(), result.seed()));
    }
    return words.toString();
  }
}

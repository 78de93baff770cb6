package dev.sluice.simulation;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all parts of one history share: clock, dice, story, and the first thing that was wrong. */
final class Scene {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  final SimClock clock = new SimClock();
  final Coverage coverage = new Coverage();
  final Dice dice;

  /** Whether banks bring their lists in this history: many questions don't need them. */
  final boolean hasStatements;

  final List<String> story = new ArrayList<>();
  private int depth;
  private int pauses;
  private boolean calm;
  private @Nullable String violation;

  Scene(long seed) {
    this.dice = new Dice(seed);
    this.hasStatements = dice.chance(50);
  }

  /** Faults are off from here on. */
  void calm() {
    calm = true;
  }

  boolean isCalm() {
    return calm;
  }

  void tell(String format, @Nullable Object... args) {
    Instant at = clock.peek();
    story.add(TIME.format(at) + "  ".repeat(depth + 1) + format.formatted(args));
  }

  /** Counts the times when something else happened in the middle of a step. */
  int pauses() {
    return pauses;
  }

  void paused() {
    pauses++;
  }

  /** What is told within happened during what was told last. */
  void within(Runnable part) {
    depth++;
    try {
      part.run();
    } finally {
      depth--;
    }
  }

  void met(Fault fault) {
    coverage.met(fault);
  }

  /** Something that must never be. The first one counts. */
  void violated(String format, @Nullable Object... args) {
    String what = format.formatted(args);
    if (violation == null) {
      violation = what;
    }
    tell("WRONG: %s", what);
  }

  @Nullable String violation() {
    return violation;
  }
}

package dev.sluice.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Which fault is done to what, and when: all of it follows from the seed. */
record Plan(long seed, Duration length, List<Step> steps) {
  static final List<String> INSTANCES = List.of("instance-a", "instance-b");
  static final List<String> PROCESSES = List.of("instance-a", "instance-b", "database", "bank");
  static final List<String> LINKS =
      List.of(
          "client-a",
          "client-b",
          "database-a",
          "database-b",
          "bank-a",
          "bank-b",
          "callbacks",
          "webhooks");

  /** How late what is delayed arrives. */
  static final Duration DELAY = Duration.ofSeconds(30);

  static final double FAULTS_PER_MINUTE = 9.6;
  private static final int QUIET_START_MILLIS = 4_000;
  private static final int FEWEST_OF_EACH_TROUBLE = 3;

  /** What is done most often besides: what real networks and machines do most often. */
  private static final List<Kind> MORE =
      List.of(
          Kind.DROP,
          Kind.CUT,
          Kind.DELAY,
          Kind.HALF_OPEN,
          Kind.RESET_AFTER_REQUEST,
          Kind.RESET_AFTER_REQUEST,
          Kind.KILL,
          Kind.KILL_SESSION);

  /**
   * One fault.
   *
   * @param at from the start of the plan
   * @param target a process or a link
   * @param lasts how long; for a kill, how long it stays down
   */
  record Step(Duration at, Kind kind, String target, Duration lasts) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%6.1f s  %-20s %-11s for %.1f s",
          at.toMillis() / 1000.0,
          kind,
          target,
          lasts.toMillis() / 1000.0);
    }
  }

  Plan {
    steps = List.copyOf(steps);
  }

  /** A plan of this length: at least one of everything if there is room. */
  static Plan of(long seed, Duration length) {
    return of(seed, length, FAULTS_PER_MINUTE, EnumSet.allOf(Kind.class));
  }

  /** A plan of so many faults a minute, of these kinds only. */
  static Plan of(long seed, Duration length, double perMinute, Set<Kind> kinds) {
    Random dice = new Random(seed);
    int count = (int) Math.ceil(length.toMillis() / 60_000.0 * perMinute);
    List<Step> chosen = new ArrayList<>();
    PROCESSES.forEach(p -> chosen.add(step(Kind.KILL, p, dice)));
    PROCESSES.forEach(p -> chosen.add(step(Kind.FREEZE, p, dice)));
    Stream.of(Kind.values())
        .filter(k -> k.where() == Kind.Where.DATABASE)
        .forEach(k -> chosen.add(step(k, "database", dice)));
    Stream.of(Kind.values())
        .filter(k -> k.where() == Kind.Where.LINK)
        .forEach(
            k -> {
              for (int i = 0; i < FEWEST_OF_EACH_TROUBLE; i++) {
                chosen.add(step(k, LINKS.get(dice.nextInt(LINKS.size())), dice));
              }
            });
    chosen.removeIf(step -> !kinds.contains(step.kind()));
    Collections.shuffle(chosen, dice);
    while (chosen.size() > count) {
      chosen.removeLast();
    }
    List<Kind> more = new ArrayList<>(MORE);
    more.removeIf(kind -> !kinds.contains(kind));
    more.addAll(more.isEmpty() ? kinds : Set.of());
    while (chosen.size() < count) {
      Kind kind = more.get(dice.nextInt(more.size()));
      List<String> targets =
          switch (kind.where()) {
            case PROCESS -> PROCESSES;
            case DATABASE -> List.of("database");
            case LINK -> LINKS;
          };
      chosen.add(step(kind, targets.get(dice.nextInt(targets.size())), dice));
    }
    return new Plan(seed, length, timed(chosen, length, dice));
  }

  private static List<Step> timed(List<Step> steps, Duration length, Random dice) {
    List<Step> timed = new ArrayList<>();
    long room = length.toMillis() - QUIET_START_MILLIS;
    for (int i = 0; i < steps.size(); i++) {
      double place = (i + dice.nextDouble()) / steps.size();
      Step step = steps.get(i);
      long at = QUIET_START_MILLIS + (long) (room * place * 0.95);
      timed.add(new Step(Duration.ofMillis(at), step.kind(), step.target(), step.lasts()));
    }
    timed.sort(Comparator.comparing(Step::at));
    return timed;
  }

  private static Step step(Kind kind, String target, Random dice) {
    int millis =
        switch (kind) {
          case KILL -> dice.nextInt(5_000);
          // Calls, requests, pools and transactions time out before; for one of the instances
          // even the sessions that it left open in a transaction.
          case FREEZE -> (target.equals("instance-b") ? 65_000 : 33_000) + dice.nextInt(4_000);
          case KILL_SESSION, DROP -> 0;
          case FULL_POOL, FULL_SERVER -> 8_000 + dice.nextInt(6_000);
          case DISK_REFUSES -> 4_000 + dice.nextInt(6_000);
          case CUT -> 2_000 + dice.nextInt(10_000);
          case DELAY -> 3_000 + dice.nextInt(5_000);
          case HALF_OPEN, RESET_AFTER_REQUEST -> 2_000 + dice.nextInt(5_000);
        };
    return new Step(Duration.ZERO, kind, target, Duration.ofMillis(millis));
  }

  /**
   * How long what is under way may be held up at most, by a process that stands still and a link
   * that delays: what a provider's promise to have taken or lost a request has to cover.
   */
  Duration longestHold() {
    long frozen =
        steps.stream()
            .filter(step -> step.kind() == Kind.FREEZE)
            .mapToLong(step -> step.lasts().toMillis())
            .max()
            .orElse(0);
    boolean delayed = steps.stream().anyMatch(step -> step.kind() == Kind.DELAY);
    return Duration.ofMillis(frozen).plus(delayed ? DELAY : Duration.ZERO);
  }

  /** The plan as it is printed before it is carried out. */
  String words() {
    StringBuilder words = new StringBuilder();
    words.append("Plan of seed %d: %d faults%n".formatted(seed, steps.size()));
    steps.forEach(step -> words.append("  ").append(step).append(System.lineSeparator()));
    return words.toString();
  }
}

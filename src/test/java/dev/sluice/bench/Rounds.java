package dev.sluice.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures several sides in turn, round after round: what drifts between rounds drops out of the
 * median of the rounds' ratios. Each round begins with another side. What comes at fixed times
 * would always meet the same one otherwise, as the kernel's writing of all that was left to it 30 s
 * before does, which holds up commits for up to a second: three sides take about 30 s.
 */
final class Rounds {
  private final Report report;
  private final Postgres postgres;
  private final Map<String, Side> sides = new LinkedHashMap<>();
  private final Map<String, List<Load>> loads = new LinkedHashMap<>();

  /** One of those that are compared. */
  private record Side(@Nullable Server server, Work work) {}

  /** Puts one side under load for so many seconds. */
  interface Work {
    Load load(int seconds) throws Exception;
  }

  Rounds(Report report, Postgres postgres) {
    this.report = report;
    this.postgres = postgres;
  }

  /**
   * Adds a side.
   *
   * @param server whose processor time is told beside the database's, or null
   */
  Rounds side(String name, @Nullable Server server, Work work) {
    sides.put(name, new Side(server, work));
    loads.put(name, new ArrayList<>());
    return this;
  }

  /** Warms each side up, then measures. */
  Rounds run(Pace pace) throws Exception {
    if (pace.warmSeconds() > 0) {
      for (Side side : sides.values()) {
        side.work.load(pace.warmSeconds());
      }
    }
    List<Map.Entry<String, Side>> inTurn = new ArrayList<>(sides.entrySet());
    for (int round = 1; round <= pace.rounds(); round++) {
      for (Map.Entry<String, Side> side : inTurn) {
        measure(round, side.getKey(), side.getValue(), pace.seconds());
      }
      Collections.rotate(inTurn, -1);
    }
    return this;
  }

  private void measure(int round, String name, Side side, int seconds) throws Exception {
    double service = side.server == null ? 0 : side.server.processorSeconds();
    double database = postgres.processorSeconds();
    Load load = side.work.load(seconds);
    double perOrder = 1e6 / load.done();
    all(name).add(load);
    report.note(
        "round %d  %-14s %,9.0f/s  p50 %7.1f ms  p99 %8.1f ms  %d not 2xx;"
            + " processor per order: service %4.0f us, database %4.0f us",
        round,
        name,
        load.perSecond(),
        load.p50Millis(),
        load.p99Millis(),
        load.errors(),
        side.server == null ? 0 : (side.server.processorSeconds() - service) * perOrder,
        (postgres.processorSeconds() - database) * perOrder);
  }

  /** The median of the rounds' ratios of throughput. */
  double throughput(String of, String to) {
    return ratio(of, to, Load::perSecond);
  }

  /** The median of the rounds' ratios. */
  double ratio(String of, String to, ToDoubleFunction<Load> figure) {
    List<Load> ones = all(of);
    List<Load> others = all(to);
    double[] ratios = new double[ones.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(ones.get(i)) / figure.applyAsDouble(others.get(i));
    }
    return median(ratios);
  }

  /** The median of one side's rounds. */
  double median(String of, ToDoubleFunction<Load> figure) {
    return median(all(of).stream().mapToDouble(figure).toArray());
  }

  /** Says for each side what it did, and demands that nothing failed. */
  void sum() {
    for (String name : sides.keySet()) {
      report.figure(name + " per second", Math.round(median(name, Load::perSecond)));
      report.figure(name + " p50 ms", median(name, Load::p50Millis));
      report.figure(name + " p99 ms", median(name, Load::p99Millis));
    }
    long errors = loads.values().stream().flatMap(List::stream).mapToLong(Load::errors).sum();
    report.atMost(report.name() + ": answers other than 2xx", errors, 0);
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private List<Load> all(String name) {
    List<Load> of = loads.get(name);
    if (of == null) {
      throw new IllegalArgumentException("nobody measured " + name);
    }
    return of;
  }
}

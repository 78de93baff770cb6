package dev.sluice.bench;

import java.util.List;
import java.util.stream.Stream;

/** All that {@code bin/bench} can measure, in the order of {@code bin/bench all}. */
final class Benches {
  /** The start comes first, before others have left the machine gigabytes to write to disk. */
  static final List<Benchmark> ALL =
      List.of(
          new Start(),
          new Accept(),
          new Hot(),
          new Batch(),
          new Lifecycle(),
          new Growth(),
          new Overload(),
          new Read(),
          new Reconcile());

  /** Those that take too long for that. */
  static final List<Benchmark> LONG = List.of(new ReconcileLarge(), new Soak());

  private Benches() {}

  static Benchmark named(String name) {
    return Stream.of(ALL, LONG)
        .flatMap(List::stream)
        .filter(bench -> bench.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no bench " + name));
  }
}

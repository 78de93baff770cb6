package dev.sluice.bench;

import java.util.List;

/** All that {@code bin/bench} can measure, in the order of {@code bin/bench all}. */
final class Benches {
  static final List<Benchmark> ALL = List.of(new Accept(), new Hot(), new Reconcile(), new Start());

  private Benches() {}

  static Benchmark named(String name) {
    return ALL.stream()
        .filter(bench -> bench.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no bench " + name));
  }
}

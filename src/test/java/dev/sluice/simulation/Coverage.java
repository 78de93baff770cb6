package dev.sluice.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run has met, and how often. */
final class Coverage {
  private final Map<String, Map<String, Long>> met = new TreeMap<>();
  private long orders;
  private long succeeded;
  private long histories;
  private long steps;

  void met(Fault fault) {
    met("fault", fault.name(), 1);
  }

  void met(String kind, String what, long times) {
    met.computeIfAbsent(kind, k -> new TreeMap<>()).merge(what, times, Long::sum);
  }

  void history(long steps) {
    this.histories++;
    this.steps += steps;
  }

  void orders(long all, long success) {
    orders += all;
    succeeded += success;
  }

  synchronized void add(Coverage other) {
    other.met.forEach((kind, counts) -> counts.forEach((what, n) -> met(kind, what, n)));
    orders += other.orders;
    succeeded += other.succeeded;
    histories += other.histories;
    steps += other.steps;
  }

  long histories() {
    return histories;
  }

  long steps() {
    return steps;
  }

  long orders() {
    return orders;
  }

  long times(Fault fault) {
    return met.getOrDefault("fault", Map.of()).getOrDefault(fault.name(), 0L);
  }

  /** Why a run of this coverage proves nothing; empty if it does prove something. */
  List<String> voidBecause() {
    List<String> reasons = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (times(fault) == 0) {
        reasons.add("%s never happened (%s)".formatted(fault, fault.words));
      }
    }
    if (succeeded * 5 < orders) {
      reasons.add("only %d of %d orders succeeded, less than 20 %%".formatted(succeeded, orders));
    }
    return reasons;
  }

  /** The table that a run prints. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        "%,d histories, %,d steps, %,d orders, %,d succeeded (%d %%)%n"
            .formatted(
                histories, steps, orders, succeeded, orders == 0 ? 0 : succeeded * 100 / orders));
    for (Map.Entry<String, Map<String, Long>> kind : met.entrySet()) {
      table.append("%n%-12s %60s%n".formatted(kind.getKey(), "times"));
      kind.getValue().forEach((what, n) -> table.append("  %-60s %,10d%n".formatted(what, n)));
    }
    return table.toString();
  }
}

package dev.sluice.reconcile;

import dev.sluice.reconcile.format.StatementLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts and sums a file's lines per currency while they stream by. */
final class FileTally {
  private final Map<String, Sums> byCurrency = new LinkedHashMap<>();

  private static final class Sums {
    final long[] lines = new long[StatementLine.Kind.values().length];
    final long[] minor = new long[StatementLine.Kind.values().length];
  }

  void add(StatementLine line) {
    Sums sums = byCurrency.computeIfAbsent(line.currency(), c -> new Sums());
    int kind = line.kind().ordinal();
    sums.lines[kind]++;
    sums.minor[kind] = Math.addExact(sums.minor[kind], line.minor());
  }

  /** The totals of a run: what doesn't match outright taken from what stands in the file. */
  List<Totals> totals(List<StagingStore.OddSum> odd) {
    Map<String, StagingStore.OddSum> oddOf = new LinkedHashMap<>();
    odd.forEach(o -> oddOf.put(o.currency(), o));
    odd.forEach(o -> byCurrency.computeIfAbsent(o.currency(), c -> new Sums()));
    return byCurrency.entrySet().stream()
        .map(e -> totals(e.getKey(), e.getValue(), oddOf.get(e.getKey())))
        .toList();
  }

  private static Totals totals(
      String currency, Sums sums, StagingStore.@org.jspecify.annotations.Nullable OddSum odd) {
    int paid = StatementLine.Kind.PAID.ordinal();
    int returned = StatementLine.Kind.RETURNED.ordinal();
    int fee = StatementLine.Kind.FEE.ordinal();
    long plainLines = sums.lines[paid] - (odd == null ? 0 : odd.paidLines());
    long plainMinor = sums.minor[paid] - (odd == null ? 0 : odd.paidMinor());
    return new Totals(
        currency,
        sums.lines[paid],
        sums.minor[paid],
        sums.lines[StatementLine.Kind.REFUSED.ordinal()],
        sums.lines[returned],
        sums.minor[returned],
        sums.lines[fee],
        sums.minor[fee],
        sums.lines[StatementLine.Kind.OTHER.ordinal()],
        plainLines,
        plainMinor,
        plainLines + (odd == null ? 0 : odd.oursCount()),
        plainMinor + (odd == null ? 0 : odd.oursMinor()));
  }
}

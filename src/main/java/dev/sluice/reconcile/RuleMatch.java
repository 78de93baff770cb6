package dev.sluice.reconcile;

import dev.sluice.money.Money;
import dev.sluice.reconcile.Facts.Line;
import dev.sluice.reconcile.Facts.Ours;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Matches what has no number in common: a bank's one line for a batch by the batch's reference and
 * sum; else by amount, what is shown of the beneficiary, and days that lie close, but only where a
 * line and a payout have nobody else to go with.
 */
record RuleMatch(BusinessCalendar calendar, int matchDays) {

  /**
   * What was matched.
   *
   * @param pairs a line and the one payout it is of
   * @param batches a line and the payouts that it sums up
   */
  record Result(Map<Line, Ours> pairs, Map<Line, List<Ours>> batches) {
    boolean has(Line line) {
      return pairs.containsKey(line) || batches.containsKey(line);
    }

    Set<Ours> batched() {
      Set<Ours> all = new HashSet<>();
      batches.values().forEach(all::addAll);
      return all;
    }
  }

  Result match(List<Line> strays, List<Ours> missing) {
    List<Line> lines =
        strays.stream().filter(l -> l.kind() == Line.Kind.PAID && l.requestText() == null).toList();
    Map<Line, List<Ours>> batches = batches(lines, missing);
    Set<Ours> taken = new Result(Map.of(), batches).batched();
    return new Result(
        pairs(
            lines.stream().filter(l -> !batches.containsKey(l)).toList(),
            missing.stream().filter(o -> !taken.contains(o)).toList()),
        batches);
  }

  private static Map<Line, List<Ours>> batches(List<Line> lines, List<Ours> missing) {
    Map<String, List<Ours>> byReference = new HashMap<>();
    for (Ours ours : missing) {
      if (ours.reference() != null) {
        byReference.computeIfAbsent(ours.reference(), r -> new ArrayList<>()).add(ours);
      }
    }
    Map<Line, List<Ours>> found = new LinkedHashMap<>();
    for (Line line : lines) {
      List<Ours> batch = line.reference() == null ? null : byReference.get(line.reference());
      if (batch != null && sum(batch, line.amount())) {
        found.put(line, batch);
        byReference.remove(line.reference());
      }
    }
    return found;
  }

  private static boolean sum(List<Ours> batch, Money amount) {
    long sum = 0;
    for (Ours ours : batch) {
      if (!ours.amount().currency().equals(amount.currency())) {
        return false;
      }
      sum += ours.amount().minor();
    }
    return sum == amount.minor();
  }

  private Map<Line, Ours> pairs(List<Line> lines, List<Ours> missing) {
    Map<Money, List<Ours>> byAmount = new HashMap<>();
    for (Ours ours : missing) {
      byAmount.computeIfAbsent(ours.amount(), a -> new ArrayList<>(1)).add(ours);
    }
    Map<Line, Ours> only = new LinkedHashMap<>();
    Map<Ours, Integer> wanted = new HashMap<>();
    for (Line line : lines) {
      List<Ours> candidates =
          byAmount.getOrDefault(line.amount(), List.of()).stream()
              .filter(ours -> fits(line, ours))
              .toList();
      candidates.forEach(ours -> wanted.merge(ours, 1, Integer::sum));
      if (candidates.size() == 1) {
        only.put(line, candidates.getFirst());
      }
    }
    only.values().removeIf(ours -> wanted.getOrDefault(ours, 0) > 1);
    return only;
  }

  /** It must show whom it paid: amounts alone are too often the same. */
  private boolean fits(Line line, Ours ours) {
    LocalDate home = calendar.dayOf(ours.updatedAt());
    return !line.shown().tail().isEmpty()
        && line.shown().fits(ours.masked())
        && Math.abs(ChronoUnit.DAYS.between(home, line.day())) <= matchDays;
  }
}

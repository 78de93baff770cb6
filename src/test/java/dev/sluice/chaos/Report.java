package dev.sluice.chaos;

import dev.sluice.money.Money;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a run was like, as a table. */
final class Report {
  private static final int MOST_DIFFERENCES_SHOWN = 30;

  private final Plan plan;
  private final Faults faults;
  private final Pulse pulse;
  private final Load load;
  private final Merchant merchant;
  private final Books.Result books;
  private final List<String> differences = new ArrayList<>();
  private final Duration untilQuiet;
  private final String hits;

  Report(
      Plan plan,
      Faults faults,
      Pulse pulse,
      Site site,
      Load load,
      Merchant merchant,
      Books.Result books,
      Collection<String> surprises,
      Duration untilQuiet) {
    this.plan = plan;
    this.faults = faults;
    this.pulse = pulse;
    this.load = load;
    this.merchant = merchant;
    this.books = books;
    this.untilQuiet = untilQuiet;
    this.hits =
        site.links().stream()
            .map(link -> link.name() + " " + link.hits())
            .collect(Collectors.joining(", "));
    differences.addAll(surprises);
    differences.addAll(books.differences());
  }

  /** What differs between the books, or went on that nobody had planned. */
  List<String> differences() {
    return List.copyOf(differences);
  }

  int faultsDone() {
    return faults.count();
  }

  Map<String, Integer> outcomes() {
    return books.outcomes();
  }

  String words() {
    StringBuilder words = new StringBuilder();
    line(words, "");
    line(
        words,
        "%-22s %6s   %-19s   %s",
        "fault",
        "fired",
        "time to recover:",
        "of which no other fault went on:");
    line(words, "%-22s %6s   %-19s   %s", "", "", "half and longest", "half and longest");
    faults
        .fired()
        .forEach((kind, all) -> line(words, "%-22s %6d   %s", kind, all.size(), recovery(all)));
    line(words, "%-22s %6d   of %d planned", "all", faults.count(), plan.steps().size());
    faults.notArranged().forEach(step -> line(words, "  not possible here: %s", step));
    line(words, "");
    line(words, "connections and messages hit: %s", hits);
    line(words, "orders asked for          %,8d", load.orders().size());
    line(words, "requests without answer   %,8d", load.unanswered());
    line(
        words,
        "refused for too little    %,8d",
        load.orders().stream().filter(told -> told.refused() != null).count());
    books.outcomes().forEach((state, n) -> line(words, "%-25s %,8d", state, n));
    line(words, "webhooks taken            %,8d", merchant.received());
    line(words, "paid by the bank, net     %11s", Money.ofMinor(books.paidMinor(), "CNY"));
    line(words, "from the last fault to quiet %.1f s", Chaos.seconds(untilQuiet));
    line(words, "");
    line(words, "differences between clients, ledger and bank: %d", differences.size());
    differences.stream()
        .limit(MOST_DIFFERENCES_SHOWN)
        .forEach(difference -> line(words, "  %s", difference));
    if (!differences.isEmpty()) {
      line(
          words, "again: bin/chaos --minutes %d --seed %d", plan.length().toMinutes(), plan.seed());
    }
    return words.toString();
  }

  private String recovery(List<Faults.Fired> all) {
    List<Duration> whole = new ArrayList<>();
    List<Duration> alone = new ArrayList<>();
    for (Faults.Fired one : all) {
      Duration took = recovery(one);
      if (took != null) {
        whole.add(took);
        alone.add(alone(one, took));
      }
    }
    return halfAndLongest(whole) + "     " + halfAndLongest(alone);
  }

  private static String halfAndLongest(List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    return sorted.isEmpty()
        ? "      -       -"
        : String.format(
            Locale.ROOT,
            "%5.1f s %5.1f s",
            Chaos.seconds(sorted.get(sorted.size() / 2)),
            Chaos.seconds(sorted.getLast()));
  }

  /** How much of the time to recover nothing else was wrong anywhere. */
  private Duration alone(Faults.Fired one, Duration took) {
    long from = one.endedNanos();
    long until = from + took.toNanos();
    List<Faults.Fired> others =
        faults.fired().values().stream()
            .flatMap(List::stream)
            .filter(other -> other != one)
            .sorted(Comparator.comparingLong(Faults.Fired::startedNanos))
            .toList();
    long left = 0;
    for (Faults.Fired other : others) {
      left += Math.max(0, Math.min(other.startedNanos(), until) - from);
      from = Math.max(from, Math.min(other.endedNanos(), until));
    }
    return Duration.ofNanos(left + until - from);
  }

  /** Until whoever was hit served again: its side's clients, or all of the way if it was more. */
  private @Nullable Duration recovery(Faults.Fired one) {
    String target = one.step().target();
    Set<String> signs = new TreeSet<>();
    if (target.endsWith("-a") || target.endsWith("-b")) {
      signs.add(Pulse.ACCEPTED + target.charAt(target.length() - 1));
    } else {
      signs.add(Pulse.ACCEPTED + "a");
      signs.add(Pulse.ACCEPTED + "b");
      signs.add(Pulse.SETTLED);
    }
    Duration longest = Duration.ZERO;
    for (String sign : signs) {
      Duration after = pulse.after(sign, one.endedNanos());
      if (after == null) {
        return null; // the load had ended by then
      }
      longest = after.compareTo(longest) > 0 ? after : longest;
    }
    return longest;
  }

  private static void line(StringBuilder words, String text, Object... arguments) {
    words.append(String.format(Locale.ROOT, text, arguments)).append(System.lineSeparator());
  }
}

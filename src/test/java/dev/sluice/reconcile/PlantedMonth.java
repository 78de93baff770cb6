package dev.sluice.reconcile;

import dev.sluice.channel.Outcome;
import dev.sluice.reconcile.Bench.Row;
import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.withdrawal.Withdrawal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A month of payouts with the channel's own lists of them, into which differences of each kind are
 * planted. The same seed makes the same month, so that different orders of import can be compared.
 */
final class PlantedMonth {
  static final LocalDate FIRST = LocalDate.of(2026, 3, 1);
  static final int DAYS = 28;
  private static final String OTHER_CARD = "6222**********9999";

  /** The lists, by day. */
  final Map<LocalDate, List<Row>> lists = new TreeMap<>();

  /** What must be found, as {@code KIND amount}. Each planted amount is unique. */
  final TreeSet<String> openBreaks = new TreeSet<>();

  /** What must have been closed by rule. */
  final TreeSet<String> closedBreaks = new TreeSet<>();

  private final Random random;
  private final Engine engine;
  private final ModelChannel channel;
  private final SettableClock clock;
  private int next;

  PlantedMonth(Engine engine, ModelChannel channel, SettableClock clock, long seed) {
    this.engine = engine;
    this.channel = channel;
    this.clock = clock;
    this.random = new Random(seed);
    for (int i = 0; i < DAYS; i++) {
      lists.put(FIRST.plusDays(i), new ArrayList<>());
    }
    for (int day = 0; day < DAYS; day++) {
      day(day);
    }
    lists.values().forEach(rows -> java.util.Collections.shuffle(rows, random));
  }

  /** The clock starts at 16:00 of the first day; each day is lived from 09:00 to midnight. */
  private void day(int day) {
    turnTo(FIRST.plusDays(day), day == 0 ? 16 * 3600 + 1 : 9 * 3600);
    for (int i = 0; i < 6; i++) {
      add(pay());
      clock.advance(Duration.ofSeconds(60 + random.nextInt(1800)));
    }
    plant(day);
    if (day < DAYS - 1) {
      acrossMidnight(day);
    }
  }

  private void plant(int day) {
    switch (day % 14) {
      case 0 -> {
        // Dropped from the list.
        openBreaks.add("MISSING_AT_CHANNEL " + pay().minor());
      }
      case 1 -> {
        Row row =
            Row.paid("f".repeat(31) + Integer.toHexString(day % 16), amount(), clock.instant());
        add(row);
        openBreaks.add("MISSING_HERE " + row.minor());
      }
      case 2 -> {
        Row row = pay();
        add(row.with(row.minor() + 1_00));
        openBreaks.add("AMOUNT_DIFFERS " + (row.minor() + 1_00));
      }
      case 3 -> {
        Row row = pay();
        add(row.with("REFUSED"));
        openBreaks.add("STATUS_DIFFERS " + row.minor());
      }
      case 4 -> {
        Row row = pay();
        add(
            new Row(
                row.number(), row.reference(), row.minor(), row.status(), OTHER_CARD, row.at()));
        openBreaks.add("BENEFICIARY_DIFFERS " + row.minor());
      }
      case 5 -> {
        Row row = pay();
        add(row);
        add(row);
        openBreaks.add("DUPLICATE_AT_CHANNEL " + row.minor());
      }
      case 6 -> {
        Row row = new Row("e".repeat(32), "r" + day, amount(), "RETURNED", "", clock.instant());
        add(row);
        openBreaks.add("RETURN_UNKNOWN " + row.minor());
      }
      case 7 -> {
        Row row = pay();
        add(row.at(row.at().plus(Duration.ofDays(4))));
        openBreaks.add("LATE " + row.minor());
      }
      case 8 -> {
        Row row = pay();
        add(row);
        add(row.at(row.at().plus(Duration.ofDays(9))));
        openBreaks.add("DUPLICATE_AT_CHANNEL " + row.minor());
      }
      case 9 -> {
        channel.onInstruct((world, number) -> new Outcome.Unknown(Outcome.Why.TIMEOUT, "T"));
        Row row = pay();
        channel.reset();
        add(row);
        closedBreaks.add("STATUS_DIFFERS " + row.minor());
      }
      case 10 -> {
        channel.onInstruct((world, number) -> new Outcome.Unknown(Outcome.Why.TIMEOUT, "T"));
        Row row = pay();
        channel.reset();
        add(row.with("REFUSED"));
        closedBreaks.add("STATUS_DIFFERS " + row.minor());
      }
      case 11 -> {
        Row row = pay();
        add(row);
        Row back =
            new Row(row.number(), "back-" + day, row.minor(), "RETURNED", "", clock.instant());
        add(back.at(back.at().plus(Duration.ofDays(2))));
        closedBreaks.add("STATUS_DIFFERS " + row.minor());
      }
      case 12 -> {
        // No number in common: by amount, day and what is shown of the card.
        Row row = pay();
        add(new Row(null, "x" + day, row.minor(), "PAID", row.beneficiary(), row.at()));
        // In two parts.
        Row parts = pay();
        add(parts.with(parts.minor() - 77));
        add(parts.with(77));
      }
      default -> {
        // Without our number, by the channel's transaction id.
        Row row = pay();
        add(new Row(null, row.reference(), row.minor(), "PAID", row.beneficiary(), row.at()));
      }
    }
  }

  /** Paid seconds after midnight by our books, and seconds before by the channel's. */
  private void acrossMidnight(int day) {
    turnTo(FIRST.plusDays(day + 1), 3);
    Row row = pay();
    add(row.at(row.at().minusSeconds(10)));
  }

  List<Row> list(LocalDate day) {
    return lists.getOrDefault(day, List.of());
  }

  private void add(Row row) {
    lists.computeIfAbsent(row.day(), d -> new ArrayList<>()).add(row);
  }

  private long amount() {
    return 10_000 + 1_000L * next++ + random.nextInt(70);
  }

  private Row pay() {
    long minor = amount();
    Withdrawal order = engine.accepted("user-1", "k" + next, minor);
    engine.payouts.dispatchOnce();
    return Row.paid(engine.requestNumber(order.id()), minor, clock.instant());
  }

  private void turnTo(LocalDate day, int secondOfDay) {
    Instant to = day.atStartOfDay(Bench.ZONE).plusSeconds(secondOfDay).toInstant();
    Duration by = Duration.between(clock.instant(), to);
    if (by.isPositive()) {
      clock.advance(by);
    }
  }
}

package dev.sluice.reconcile;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.money.Money;
import dev.sluice.payout.StatementInbox;
import dev.sluice.reconcile.Facts.Line;
import dev.sluice.reconcile.Facts.Ours;
import dev.sluice.reconcile.Facts.Ours.State;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what differences mean. Pure: the same facts and time give the same breaks, in whatever
 * order their files came.
 *
 * @param channel whose statements they are
 * @param currency the only currency on the list, or null
 * @param grace how far across a day's end an entry may lie
 * @param queryWindow how long after it was sent a payout may still come to be, whatever is said
 * @param since the first day of which a statement is expected, or null
 * @param from the first day that is decided; those around are there to be compared with
 * @param to the last day that is decided
 */
record Matching(
    String channel,
    @Nullable String currency,
    BusinessCalendar calendar,
    Duration grace,
    Duration queryWindow,
    int matchDays,
    @Nullable LocalDate since,
    LocalDate from,
    LocalDate to,
    Instant now) {
  private static final int LONGEST_WAIT_DAYS = 40;

  Drafts decide(Facts facts) {
    Drafts drafts = new Drafts();
    Map<UUID, List<Line>> byAttempt = new LinkedHashMap<>();
    List<Line> strays = new ArrayList<>();
    for (Line line : facts.lines()) {
      if (line.attemptId() != null && facts.ours().containsKey(line.attemptId())) {
        byAttempt.computeIfAbsent(line.attemptId(), id -> new ArrayList<>(1)).add(line);
      } else {
        strays.add(line);
      }
    }
    List<Ours> missing =
        facts.unconfirmed().keySet().stream()
            .filter(id -> noneSaysPaid(byAttempt.get(id)))
            .sorted()
            .map(id -> Objects.requireNonNull(facts.ours().get(id)))
            .toList();
    RuleMatch.Result byRule = new RuleMatch(calendar, matchDays).match(strays, missing);
    byRule
        .pairs()
        .forEach(
            (line, ours) ->
                byAttempt.computeIfAbsent(ours.attemptId(), id -> new ArrayList<>(1)).add(line));
    byRule
        .batches()
        .forEach((line, all) -> outcome(line, null, all.getFirst().attemptId(), drafts));
    byAttempt.forEach(
        (id, lines) -> decide(Objects.requireNonNull(facts.ours().get(id)), lines, facts, drafts));
    Set<Ours> inBatches = byRule.batched();
    for (Ours ours : missing) {
      if (!inBatches.contains(ours) && noneIn(byAttempt.get(ours.attemptId()))) {
        decideMissing(ours, facts, drafts);
      }
    }
    for (Line line : strays) {
      if (!byRule.has(line) && isCore(line.day())) {
        stray(line, drafts);
      }
    }
    return drafts;
  }

  private static boolean noneSaysPaid(@Nullable List<Line> lines) {
    return lines == null || lines.stream().noneMatch(l -> l.kind() == Line.Kind.PAID);
  }

  private static boolean noneIn(@Nullable List<Line> lines) {
    return lines == null || lines.isEmpty();
  }

  boolean isCore(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(to);
  }

  private void stray(Line line, Drafts drafts) {
    drafts.outcomes.add(new FactStore.Outcome(line.runId(), line.number(), null, null));
    switch (line.kind()) {
      case RETURNED ->
          drafts.add(
              Break.Kind.RETURN_UNKNOWN,
              line,
              "%s came back that fits none of our payouts.".formatted(line.amount()));
      case PAID ->
          drafts.add(
              Break.Kind.MISSING_HERE,
              line,
              "The statement has %s paid that we know nothing of.".formatted(line.amount()));
      case REFUSED -> {
        // No money moved, and nothing of ours is refused by it.
      }
    }
  }

  private void decideMissing(Ours ours, Facts facts, Drafts drafts) {
    Facts.Unconfirmed at = Objects.requireNonNull(facts.unconfirmed().get(ours.attemptId()));
    if (!isCore(at.day()) && !facts.linked().contains(ours.attemptId())) {
      return;
    }
    LocalDate waiting = dayWithoutStatement(ours, facts);
    drafts.missing(
        at,
        ours,
        waiting == null
            ? "We hold %s for paid; no statement has it.".formatted(ours.amount())
            : "Not on its day's statement; it may be on that of %s.".formatted(waiting),
        waiting);
  }

  /** A day on whose statement it may still be, because that statement isn't in yet. */
  private @Nullable LocalDate dayWithoutStatement(Ours ours, Facts facts) {
    LocalDate last = lastDay(ours);
    LocalDate day = firstDay(ours);
    for (int i = 0; i < LONGEST_WAIT_DAYS && !day.isAfter(last); i++) {
      boolean expected = since == null || !day.isBefore(since);
      if (expected && !facts.days().contains(day)) {
        return day;
      }
      day = calendar.next(day);
    }
    return null;
  }

  private LocalDate firstDay(Ours ours) {
    return calendar.dayOf(ours.createdAt().minus(grace));
  }

  private LocalDate lastDay(Ours ours) {
    return calendar.dayOf(ours.updatedAt().plus(grace));
  }

  private @Nullable LocalDate home(Ours ours) {
    boolean onThisList =
        currency == null || currency.equals(ours.amount().currency().getCurrencyCode());
    return ours.state() == State.PAID && onThisList ? calendar.dayOf(ours.updatedAt()) : null;
  }

  private void decide(Ours ours, List<Line> lines, Facts facts, Drafts drafts) {
    LocalDate home = home(ours);
    boolean confirmedAtHome =
        home != null
            && facts.days().contains(home)
            && !facts.unconfirmed().containsKey(ours.attemptId());
    List<Line> paid = of(lines, Line.Kind.PAID);
    if (!paid.isEmpty()) {
      decidePaid(ours, home, confirmedAtHome, paid, drafts);
    }
    for (Line line : of(lines, Line.Kind.REFUSED)) {
      outcome(line, home, null, drafts);
      decideRefused(ours, line, !paid.isEmpty(), drafts);
    }
    boolean first = true;
    for (Line line : of(lines, Line.Kind.RETURNED)) {
      decideReturned(ours, home, line, first, drafts);
      first = false;
    }
    boolean known = confirmedAtHome || !paid.isEmpty() || !of(lines, Line.Kind.REFUSED).isEmpty();
    if (!known && facts.unconfirmed().containsKey(ours.attemptId())) {
      decideMissing(ours, facts, drafts);
    }
  }

  private static List<Line> of(List<Line> lines, Line.Kind kind) {
    return lines.stream().filter(l -> l.kind() == kind).toList();
  }

  private void decidePaid(
      Ours ours,
      @Nullable LocalDate home,
      boolean confirmedAtHome,
      List<Line> paid,
      Drafts drafts) {
    List<Line> duplicates = new ArrayList<>(paid);
    if (!confirmedAtHome) {
      if (paid.size() > 1 && sum(paid, ours) == ours.amount().minor()) {
        // Paid in parts.
        for (Line line : paid) {
          confirm(ours, home, line, drafts);
        }
        return;
      }
      Line main =
          paid.stream()
              .filter(l -> l.amount().equals(ours.amount()) && l.shown().fits(ours.masked()))
              .findFirst()
              .orElse(paid.getFirst());
      duplicates.remove(main);
      decideMain(ours, home, main, drafts);
    }
    for (Line line : duplicates) {
      outcome(line, home, null, drafts);
      drafts.add(
          Break.Kind.DUPLICATE_AT_CHANNEL,
          line,
          ours,
          line.amount(),
          "The channel has %s for this payout more than once.".formatted(line.amount()),
          null);
    }
  }

  private static long sum(List<Line> lines, Ours ours) {
    long sum = 0;
    for (Line line : lines) {
      if (!line.amount().currency().equals(ours.amount().currency())) {
        return -1;
      }
      sum += line.amount().minor();
    }
    return sum;
  }

  private void decideMain(Ours ours, @Nullable LocalDate home, Line line, Drafts drafts) {
    if (!line.amount().equals(ours.amount())) {
      outcome(line, home, null, drafts);
      drafts.add(
          Break.Kind.AMOUNT_DIFFERS,
          line,
          ours,
          difference(ours.amount(), line.amount()),
          "The channel has %s, we have %s.".formatted(line.amount(), ours.amount()),
          null);
    } else if (!line.shown().fits(ours.masked())) {
      outcome(line, home, null, drafts);
      drafts.add(
          Break.Kind.BENEFICIARY_DIFFERS,
          line,
          ours,
          line.amount(),
          "The channel paid to %s******%s, the order is for %s."
              .formatted(line.shown().head(), line.shown().tail(), ours.masked()),
          null);
    } else {
      confirm(ours, home, line, drafts);
    }
  }

  /** The line is as it should be; is our side? */
  private void confirm(Ours ours, @Nullable LocalDate home, Line line, Drafts drafts) {
    switch (ours.state()) {
      case PAID -> {
        outcome(line, home, ours.attemptId(), drafts);
        if (line.day().isAfter(lastDay(ours)) || line.day().isBefore(firstDay(ours))) {
          drafts.add(
              Break.Kind.LATE,
              line,
              ours,
              Money.zero(line.amount().currency()),
              "Paid by our books on %s, and on the statement of %s.".formatted(home, line.day()),
              null);
        }
      }
      case LIVE -> {
        outcome(line, home, null, drafts);
        tell(ours, line, new Outcome.Paid(line.amount(), null, line.reference()), drafts);
        drafts.add(
            Break.Kind.STATUS_DIFFERS,
            line,
            ours,
            line.amount(),
            "The channel paid; here it is under way.",
            null);
      }
      case REFUSED -> {
        // Booked as owed to us, it left the clearing account like any other payout.
        outcome(line, home, ours.receivable() ? ours.attemptId() : null, drafts);
        if (!ours.receivable()) {
          tell(ours, line, new Outcome.Paid(line.amount(), null, line.reference()), drafts);
        }
        drafts.add(
            Break.Kind.STATUS_DIFFERS,
            line,
            ours,
            line.amount(),
            "The channel paid what it had refused before.",
            null);
      }
    }
  }

  private void decideRefused(Ours ours, Line line, boolean alsoPaid, Drafts drafts) {
    switch (ours.state()) {
      case REFUSED -> {
        // Both say so.
      }
      case PAID ->
          drafts.add(
              Break.Kind.STATUS_DIFFERS,
              line,
              ours,
              ours.amount(),
              "The channel refused; here it is paid.",
              null);
      case LIVE -> {
        Instant settled = ours.createdAt().plus(queryWindow);
        boolean safe = !alsoPaid && now.isAfter(settled);
        if (safe) {
          tell(
              ours,
              line,
              new Outcome.Refused("REFUSED_ON_STATEMENT", "refused on the statement", false),
              drafts);
        }
        drafts.add(
            Break.Kind.STATUS_DIFFERS,
            line,
            ours,
            ours.amount(),
            "The channel refused; here it is under way.",
            safe || alsoPaid ? null : calendar.dayOf(settled));
      }
    }
  }

  private void decideReturned(
      Ours ours, @Nullable LocalDate home, Line line, boolean first, Drafts drafts) {
    boolean paid = ours.state() == State.PAID;
    if (first && paid && ours.order() == WithdrawalState.REFUNDED) {
      boolean same = line.amount().equals(ours.refunded());
      outcome(line, home, same ? ours.attemptId() : null, drafts);
      if (!same) {
        drafts.returned(
            line,
            ours,
            ours.refunded(),
            "The channel returned %s, we refunded %s.".formatted(line.amount(), ours.refunded()));
      }
      return;
    }
    outcome(line, home, null, drafts);
    if (first && ours.order() == WithdrawalState.SUCCESS && paid) {
      String reference = line.reference() == null ? line.identity().toString() : line.reference();
      drafts.told.add(
          told(ours, line, new ChannelEvent.Returned(line.amount(), reference), "RETURNED"));
      drafts.add(
          Break.Kind.STATUS_DIFFERS,
          line,
          ours,
          line.amount(),
          "The channel returned %s; here it is paid.".formatted(line.amount()),
          null);
    } else if (ours.state() == State.LIVE) {
      drafts.add(
          Break.Kind.STATUS_DIFFERS,
          line,
          ours,
          line.amount(),
          "The channel returned %s; here it is under way.".formatted(line.amount()),
          calendar.dayOf(ours.createdAt().plus(queryWindow)));
    } else {
      drafts.returned(
          line,
          ours,
          null,
          "%s came back for an order that is %s.".formatted(line.amount(), ours.order()));
    }
  }

  private void tell(Ours ours, Line line, Outcome outcome, Drafts drafts) {
    drafts.told.add(told(ours, line, new ChannelEvent.Reported(outcome), line.kind().name()));
  }

  private StatementInbox.Told told(Ours ours, Line line, ChannelEvent event, String code) {
    return new StatementInbox.Told(channel, ours.attemptId(), event, code, line.identity());
  }

  private static void outcome(
      Line line, @Nullable LocalDate home, @Nullable UUID matched, Drafts drafts) {
    drafts.outcomes.add(new FactStore.Outcome(line.runId(), line.number(), home, matched));
  }

  private static Money difference(Money a, Money b) {
    return a.currency().equals(b.currency())
        ? new Money(Math.abs(a.minor() - b.minor()), a.currency())
        : b;
  }
}

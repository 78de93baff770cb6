package dev.sluice.reconcile;

import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.SystemAccount;
import dev.sluice.ledger.Transfer;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.payout.StatementInbox;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Draws from the facts around a day what follows: breaks opened and closed, money moved from
 * clearing to bank, messages for the one inbox. Doing it again changes nothing, so a crash anywhere
 * costs no more than doing it again.
 */
final class Evaluation {
  private static final int MOST_ROUNDS = 3;

  private final RunStore runs;
  private final FactStore facts;
  private final BreakStore breaks;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final StatementInbox inbox;
  private final BreakEvidence evidence;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final int matchDays;

  Evaluation(
      RunStore runs,
      FactStore facts,
      BreakStore breaks,
      Ledger ledger,
      ReviewCases reviews,
      StatementInbox inbox,
      BreakEvidence evidence,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      int matchDays) {
    this.runs = runs;
    this.facts = facts;
    this.breaks = breaks;
    this.ledger = ledger;
    this.reviews = reviews;
    this.inbox = inbox;
    this.evidence = evidence;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
    this.matchDays = matchDays;
  }

  /**
   * Evaluates around a day, tells the inbox what it must know, and evaluates what came of it.
   *
   * @return false if another instance works on the source, so that it is to be done again
   */
  boolean around(Source source, LocalDate day) {
    Set<UUID> told = new HashSet<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Optional<List<StatementInbox.Told>> evaluated =
          transactions.execute(
              status ->
                  runs.lockSource(source.name())
                      ? Optional.of(evaluate(source, day, told))
                      : Optional.empty());
      if (evaluated == null || evaluated.isEmpty()) {
        return false;
      }
      List<StatementInbox.Told> news = evaluated.get();
      if (news.isEmpty()) {
        return true;
      }
      for (int from = 0; from < news.size(); from += StatementInbox.MOST_AT_ONCE) {
        inbox.tell(news.subList(from, Math.min(news.size(), from + StatementInbox.MOST_AT_ONCE)));
      }
      news.forEach(t -> told.add(t.line()));
    }
    return true;
  }

  private List<StatementInbox.Told> evaluate(Source source, LocalDate day, Set<UUID> told) {
    // Rules reach over matchDays; whom they concern is decided twice as far from here, looking
    // twice as far from there.
    LocalDate from = day.minusDays(2L * matchDays);
    LocalDate to = day.plusDays(2L * matchDays);
    Facts known = load(source, day, from.minusDays(2L * matchDays), to.plusDays(2L * matchDays));
    Instant now = clock.instant();
    Drafts drafts =
        new Matching(
                source.channel(),
                source.onlyCurrency(),
                source.calendar(),
                source.grace(),
                source.queryWindow(),
                matchDays,
                source.since(),
                from,
                to,
                now)
            .decide(known);
    facts.write(drafts.outcomes);
    List<StatementInbox.Told> news =
        drafts.told.stream().filter(t -> !told.contains(t.line())).toList();
    writeBreaks(source, drafts, news, known, from, to, now);
    Set<LocalDate> days = new TreeSet<>(runs.days(source.name(), from, to));
    known.lines().forEach(l -> days.add(l.day()));
    move(source, days, now);
    return news;
  }

  private Facts load(Source source, LocalDate day, LocalDate from, LocalDate to) {
    Set<UUID> linked = facts.linked(source.name(), day, from, to);
    Set<UUID> attempts = new HashSet<>(linked);
    attempts.addAll(facts.unconfirmed(source.name(), from, to));
    Map<UUID, Facts.Ours> ours = facts.ours(attempts);
    LocalDate first = from;
    LocalDate last = to;
    for (Facts.Ours one : ours.values()) {
      LocalDate sent = source.calendar().dayOf(one.createdAt().minus(source.grace()));
      LocalDate paid = source.calendar().dayOf(one.updatedAt().plus(source.grace()));
      first = sent.isBefore(first) ? sent : first;
      last = paid.isAfter(last) ? paid : last;
    }
    return new Facts(
        facts.lines(source.name(), from, to, attempts),
        facts.unconfirmed(source.name(), attempts),
        ours,
        runs.days(source.name(), first, last),
        linked);
  }

  private void writeBreaks(
      Source source,
      Drafts drafts,
      List<StatementInbox.Told> news,
      Facts known,
      LocalDate from,
      LocalDate to,
      Instant now) {
    LocalDate today = source.calendar().dayOf(now);
    Set<UUID> underWay = new HashSet<>();
    news.forEach(t -> underWay.add(t.attemptId()));
    Map<Object, Drafts.Draft> current = new LinkedHashMap<>();
    for (Drafts.Draft draft : drafts.breaks) {
      boolean inboxDecides =
          draft.kind() == Break.Kind.STATUS_DIFFERS
              && draft.attemptId() != null
              && underWay.contains(draft.attemptId());
      current.putIfAbsent(
          List.of(draft.kind(), draft.subject()),
          inboxDecides ? draft.waiting(today) : draft.notWaitingBefore(today));
    }
    List<UUID> gone =
        breaks.open(source.name(), from, to, known.linked()).stream()
            .filter(b -> !current.containsKey(List.of(b.kind(), b.subject())))
            .map(Break::id)
            .toList();
    List<UUID> cases = breaks.cases(gone);
    breaks.closeByRule(gone, "EXPLAINED", "Both sides agree by now.", now);
    cases.forEach(
        id -> reviews.resolve(id, "EXPLAINED", "Both sides agree by now.", "system", now));
    List<BreakStore.Opened> opened =
        breaks.write(source.name(), source.channel(), current.values(), now);
    for (BreakStore.Opened one : opened) {
      UUID caseId = ids.next();
      breaks.setCase(one.id(), caseId);
      reviews.open(
          caseId,
          new ReviewCases.Question(
              one.withdrawalId(),
              one.attemptId(),
              ReviewCase.Kind.STATEMENT,
              "%s on %s: %s".formatted(one.kind(), source.name(), one.detail())),
          evidence.json(one.id(), opened.size()),
          now);
    }
  }

  /** Brings what was moved for these days to what is matched on them. */
  private void move(Source source, Collection<LocalDate> days, Instant now) {
    List<Transfer> transfers = new ArrayList<>();
    Map<UUID, Integer> steps = new HashMap<>();
    for (RunStore.ToMove move : runs.toMove(source.name(), List.copyOf(days))) {
      Currency currency = Currency.getInstance(move.currency());
      long clearing = ledger.systemAccount(SystemAccount.CLEARING, source.channel(), currency);
      long bank = ledger.systemAccount(SystemAccount.BANK, source.channel(), currency);
      int step = steps.merge(move.runId(), move.nextStep(), (taken, first) -> taken + 1);
      transfers.add(
          new Transfer(
              move.runId(),
              step,
              Transfer.Kind.MATCH,
              move.minor() > 0 ? clearing : bank,
              move.minor() > 0 ? bank : clearing,
              new Money(Math.abs(move.minor()), currency),
              now));
    }
    ledger.write(transfers);
  }
}

package dev.sluice.reconcile;

import dev.sluice.money.Money;
import dev.sluice.payout.StatementInbox;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What follows from the facts: lines confirmed after all, breaks, and what the inbox is told. */
final class Drafts {
  final List<FactStore.Outcome> outcomes = new ArrayList<>();
  final List<Draft> breaks = new ArrayList<>();
  final List<StatementInbox.Told> told = new ArrayList<>();

  /** A break as the facts have it now. */
  record Draft(
      UUID runId,
      LocalDate day,
      Break.Kind kind,
      UUID subject,
      @Nullable UUID attemptId,
      @Nullable UUID withdrawalId,
      @Nullable Integer lineNo,
      @Nullable Money ours,
      @Nullable Money theirs,
      Money risk,
      String detail,
      @Nullable LocalDate waitUntil) {

    /** The same, waiting for what the inbox makes of it. */
    Draft waiting(LocalDate until) {
      return new Draft(
          runId,
          day,
          kind,
          subject,
          attemptId,
          withdrawalId,
          lineNo,
          ours,
          theirs,
          risk,
          detail,
          until);
    }

    /** The same; what waited for a day that is over waits no longer, unless for a statement. */
    Draft notWaitingBefore(LocalDate today) {
      boolean over =
          kind != Break.Kind.MISSING_AT_CHANNEL && waitUntil != null && waitUntil.isBefore(today);
      return over
          ? new Draft(
              runId,
              day,
              kind,
              subject,
              attemptId,
              withdrawalId,
              lineNo,
              ours,
              theirs,
              risk,
              detail,
              null)
          : this;
    }
  }

  /** About a line and our side of it. */
  void add(
      Break.Kind kind,
      Facts.Line line,
      Facts.Ours ours,
      Money risk,
      String detail,
      @Nullable LocalDate waitUntil) {
    boolean ofLine = kind == Break.Kind.DUPLICATE_AT_CHANNEL;
    breaks.add(
        new Draft(
            line.runId(),
            line.day(),
            kind,
            ofLine ? line.identity() : ours.attemptId(),
            ours.attemptId(),
            ours.withdrawalId(),
            line.number(),
            ours.amount(),
            line.amount(),
            risk,
            detail,
            waitUntil));
  }

  /**
   * About a return.
   *
   * @param refunded what we refunded for it, if we did
   */
  void returned(Facts.Line line, Facts.Ours ours, @Nullable Money refunded, String detail) {
    breaks.add(
        new Draft(
            line.runId(),
            line.day(),
            Break.Kind.RETURN_UNKNOWN,
            line.identity(),
            ours.attemptId(),
            ours.withdrawalId(),
            line.number(),
            refunded,
            line.amount(),
            line.amount(),
            detail,
            null));
  }

  /** About a line alone. */
  void add(Break.Kind kind, Facts.Line line, String detail) {
    breaks.add(
        new Draft(
            line.runId(),
            line.day(),
            kind,
            line.identity(),
            null,
            null,
            line.number(),
            null,
            line.amount(),
            line.amount(),
            detail,
            null));
  }

  /** About a payout that no line confirms. */
  void missing(
      Facts.Unconfirmed at, Facts.Ours ours, String detail, @Nullable LocalDate waitUntil) {
    breaks.add(
        new Draft(
            at.runId(),
            at.day(),
            Break.Kind.MISSING_AT_CHANNEL,
            ours.attemptId(),
            ours.attemptId(),
            ours.withdrawalId(),
            null,
            ours.amount(),
            null,
            ours.amount(),
            detail,
            waitUntil));
  }
}

package dev.sluice.reconcile;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.ledger.Ledger;
import dev.sluice.payout.StatementInbox;
import dev.sluice.reconcile.Break.Decision;
import dev.sluice.reconcile.Break.Kind;
import dev.sluice.reconcile.Break.State;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * How persons resolve breaks: one proposes, another approves. A resolution is a transfer with a
 * reason; nothing that was written is edited.
 */
public final class Resolution {
  private static final Duration FINISH_WITHIN = Duration.ofDays(7);
  private static final int BATCH = 100;

  private final BreakStore breaks;
  private final Ledger ledger;
  private final Withdrawals withdrawals;
  private final ReviewCases reviews;
  private final StatementInbox inbox;
  private final TransactionOperations transactions;
  private final Clock clock;

  Resolution(
      BreakStore breaks,
      Ledger ledger,
      Withdrawals withdrawals,
      ReviewCases reviews,
      StatementInbox inbox,
      TransactionOperations transactions,
      Clock clock) {
    this.breaks = breaks;
    this.ledger = ledger;
    this.withdrawals = withdrawals;
    this.reviews = reviews;
    this.inbox = inbox;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** What became of a step. */
  public sealed interface Result {
    /** Done; the break as it is now. */
    record Done(Break now) implements Result {}

    /** There's no such break. */
    record NoSuchBreak() implements Result {}

    /** It is not possible; why, for people. */
    record NotPossible(String why) implements Result {}
  }

  /** How a kind of break can be resolved. */
  public static Set<Decision> possible(Kind kind) {
    return switch (kind) {
      case MISSING_AT_CHANNEL ->
          Set.of(Decision.ACKNOWLEDGE, Decision.WRITE_OFF, Decision.RETURN_TO_USER);
      case STATUS_DIFFERS -> Set.of(Decision.ACKNOWLEDGE, Decision.RETURN_TO_USER);
      case AMOUNT_DIFFERS, MISSING_HERE, RETURN_UNKNOWN ->
          Set.of(Decision.ACKNOWLEDGE, Decision.WRITE_OFF);
      case DUPLICATE_AT_CHANNEL ->
          Set.of(Decision.ACKNOWLEDGE, Decision.WRITE_OFF, Decision.RECOVER);
      case BENEFICIARY_DIFFERS -> Set.of(Decision.ACKNOWLEDGE);
      case LATE -> Set.of(Decision.ACKNOWLEDGE);
    };
  }

  Result propose(UUID id, int version, Decision decision, String reason, String maker) {
    return step(
        id,
        version,
        was -> {
          if (was.state() != State.OPEN) {
            return new Result.NotPossible("it is " + was.state());
          }
          if (!possible(was.kind()).contains(decision)) {
            return new Result.NotPossible(
                "%s can be resolved by %s".formatted(was.kind(), possible(was.kind())));
          }
          Break now = decided(was, State.PROPOSED, decision.name(), reason, maker, null, null);
          breaks.decide(now, clock.instant());
          return new Result.Done(now);
        });
  }

  Result reject(UUID id, int version, String checker) {
    return step(
        id,
        version,
        was -> {
          if (was.state() != State.PROPOSED) {
            return new Result.NotPossible("nothing is proposed");
          }
          Break now = decided(was, State.OPEN, null, null, null, null, null);
          breaks.decide(now, null);
          return new Result.Done(now);
        });
  }

  Result approve(UUID id, int version, String checker) {
    Result result =
        step(
            id,
            version,
            was -> {
              if (was.state() != State.PROPOSED || was.decision() == null) {
                return new Result.NotPossible("nothing is proposed");
              }
              if (checker.equals(was.proposedBy())) {
                return new Result.NotPossible("who proposed it may not approve it");
              }
              return approve(was, Decision.valueOf(was.decision()), checker);
            });
    if (result instanceof Result.Done(Break now)
        && Decision.RETURN_TO_USER.name().equals(now.decision())) {
      giveBack(now);
    }
    return result;
  }

  /** Tells the inbox again what was decided and didn't reach it, for a crash in between. */
  int finish() {
    List<Break> left = breaks.decidedToReturn(clock.instant().minus(FINISH_WITHIN), BATCH);
    left.forEach(this::giveBack);
    return left.size();
  }

  /** Told twice, it is one return. */
  private void giveBack(Break decided) {
    if (decided.attemptId() != null && decided.ours() != null) {
      inbox.tell(
          List.of(
              new StatementInbox.Told(
                  decided.channel(),
                  decided.attemptId(),
                  new ChannelEvent.Returned(decided.ours(), "break-" + decided.id()),
                  "RETURNED_BY_DECISION",
                  decided.id())));
    }
  }

  private Result approve(Break was, Decision decision, String checker) {
    Instant at = clock.instant();
    BreakBooking booking = new BreakBooking(was, ledger, withdrawals, at);
    if (booking.needsSettledOrder(decision) && !booking.isSettled()) {
      return new Result.NotPossible("its order is not settled yet");
    }
    ledger.write(booking.of(decision));
    Break now =
        decided(was, State.CLOSED, was.decision(), was.reason(), was.proposedBy(), checker, at);
    breaks.decide(now, at);
    for (UUID caseId : breaks.cases(List.of(was.id()))) {
      reviews.resolve(caseId, decision.name(), String.valueOf(was.reason()), checker, at);
    }
    return new Result.Done(now);
  }

  private interface Step {
    Result take(Break was);
  }

  private Result step(UUID id, int version, Step step) {
    Result result =
        transactions.execute(
            status -> {
              Break was = breaks.lock(id).orElse(null);
              if (was == null) {
                return new Result.NoSuchBreak();
              }
              return was.version() == version
                  ? step.take(was)
                  : new Result.NotPossible("it has changed meanwhile");
            });
    return Objects.requireNonNull(result);
  }

  private static Break decided(
      Break b,
      State state,
      @Nullable String decision,
      @Nullable String reason,
      @Nullable String maker,
      @Nullable String checker,
      @Nullable Instant closedAt) {
    return new Break(
        b.id(),
        b.source(),
        b.channel(),
        b.runId(),
        b.businessDate(),
        b.kind(),
        b.subject(),
        b.attemptId(),
        b.withdrawalId(),
        b.lineNo(),
        b.ours(),
        b.theirs(),
        b.risk(),
        b.detail(),
        state,
        b.waitUntil(),
        b.version() + 1,
        decision,
        reason,
        maker,
        checker,
        b.openedAt(),
        closedAt);
  }
}

package dev.sluice.payout;

import dev.sluice.ledger.Account;
import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.Transfer;
import dev.sluice.payout.AttemptStore.Change;
import dev.sluice.payout.PayoutAttempt.State;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * One person proposes what to do about a case, another approves or rejects it. The effect of an
 * approved decision is applied in the transaction that closes the case, so it is applied once.
 */
public final class ReviewDecisions {
  private static final String CODE = "DECIDED_BY_REVIEW";

  private final AttemptStore attempts;
  private final ContradictionStore contradictions;
  private final Withdrawals withdrawals;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final EffectWriter writer;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Runnable afterCommit;

  ReviewDecisions(
      AttemptStore attempts,
      ContradictionStore contradictions,
      Withdrawals withdrawals,
      Ledger ledger,
      ReviewCases reviews,
      EffectWriter writer,
      TransactionOperations transactions,
      Clock clock,
      Runnable afterCommit) {
    this.attempts = attempts;
    this.contradictions = contradictions;
    this.withdrawals = withdrawals;
    this.ledger = ledger;
    this.reviews = reviews;
    this.writer = writer;
    this.transactions = transactions;
    this.clock = clock;
    this.afterCommit = afterCommit;
  }

  /** What became of a proposal, approval or rejection. */
  public sealed interface Result {
    /** Done; the case as it is now. */
    record Done(ReviewCase reviewCase) implements Result {}

    /** Not possible, and why. */
    record NotPossible(String reason) implements Result {}

    /** No such case. */
    record NotFound() implements Result {}
  }

  /** Proposes a decision about an open case. */
  public Result propose(UUID caseId, Decision decision, String reason, String actor) {
    return withCase(
        caseId,
        actor,
        found -> {
          if (found.state() != ReviewCase.State.OPEN) {
            return new Result.NotPossible("The case is " + found.state() + ".");
          }
          if (!Decision.of(found.kind()).contains(decision)) {
            return new Result.NotPossible(
                found.kind() == ReviewCase.Kind.RISK
                    ? "A risk review is decided at POST /v1/withdrawals/{id}/review."
                    : "A case of kind %s can be decided as one of %s."
                        .formatted(found.kind(), Decision.of(found.kind())));
          }
          String obstacle = obstacle(found, decision);
          if (obstacle != null) {
            return new Result.NotPossible(obstacle);
          }
          reviews.propose(found, decision.name(), reason, actor, clock.instant());
          return done(caseId);
        });
  }

  /** Approves a proposal of another person, and applies its effect. */
  public Result approve(UUID caseId, String reason, String actor) {
    Result result =
        withCase(
            caseId,
            actor,
            found -> {
              if (found.state() != ReviewCase.State.PROPOSED) {
                return new Result.NotPossible("The case is " + found.state() + ".");
              }
              if (actor.equals(found.proposedBy())) {
                return new Result.NotPossible("Whoever proposed a decision can't approve it.");
              }
              Decision decision = Decision.valueOf(String.valueOf(found.decision()));
              String obstacle = obstacle(found, decision);
              if (obstacle != null) {
                return new Result.NotPossible(obstacle);
              }
              reviews.approve(found, reason, actor, clock.instant());
              apply(found, decision, actor);
              return done(caseId);
            });
    afterCommit.run();
    return result;
  }

  /** Rejects a proposal: the case is open again. */
  public Result reject(UUID caseId, String reason, String actor) {
    return withCase(
        caseId,
        actor,
        found -> {
          if (found.state() != ReviewCase.State.PROPOSED) {
            return new Result.NotPossible("The case is " + found.state() + ".");
          }
          if (actor.equals(found.proposedBy())) {
            return new Result.NotPossible("Whoever proposed a decision can't reject it.");
          }
          reviews.reject(found, reason, actor, clock.instant());
          return done(caseId);
        });
  }

  private Result done(UUID caseId) {
    return new Result.Done(reviews.find(caseId).orElseThrow());
  }

  @FunctionalInterface
  private interface Step {
    Result on(ReviewCase locked);
  }

  /** Locks the order first, as everyone does, and then the case. */
  private Result withCase(UUID caseId, String actor, Step step) {
    Result result =
        transactions.execute(
            status -> {
              Optional<ReviewCase> found = reviews.find(caseId);
              if (found.isEmpty()) {
                return new Result.NotFound();
              }
              UUID orderId = found.get().withdrawalId();
              if (orderId != null) {
                Withdrawal order = withdrawals.lock(List.of(orderId)).get(orderId);
                if (order != null && order.userId().equals(actor)) {
                  return new Result.NotPossible("Nobody decides about their own order.");
                }
              }
              return step.on(reviews.lock(caseId).orElseThrow());
            });
    return Objects.requireNonNull(result);
  }

  /** Why a decision can't be applied to the order as it stands, or null. */
  private @Nullable String obstacle(ReviewCase found, Decision decision) {
    UUID orderId = found.withdrawalId();
    if (orderId == null) {
      return decision == Decision.NOTED
          ? null
          : "The case is about no order of ours: it can only be NOTED.";
    }
    Withdrawal order = withdrawals.find(orderId).orElseThrow();
    Optional<PayoutAttempt> live = live(orderId);
    if (order.status() == WithdrawalState.PROCESSING && contradictions.isAsking(orderId)) {
      return "The channel contradicted itself and is being asked: wait for its answer.";
    }
    return switch (decision) {
      case PAID, NOT_PAID ->
          order.status() == WithdrawalState.PROCESSING
              ? null
              : "The order is %s already.".formatted(order.status());
      case KEEP_ASKING -> live.isPresent() ? null : "No attempt of the order is open.";
      case NEXT_CHANNEL ->
          order.status() == WithdrawalState.PROCESSING && live.isEmpty()
              ? null
              : "An attempt may still pay, or the order is final.";
      case CHARGE_USER -> chargeObstacle(order);
      case RETRY ->
          order.status() == WithdrawalState.PROCESSING
              ? null
              : "The order is %s already.".formatted(order.status());
      case NOTED ->
          // Closing the case must not leave an open order with nobody and nothing to move it on.
          order.status() != WithdrawalState.PROCESSING
                  || live.filter(a -> a.dueAt() != null).isPresent()
              ? null
              : "The order is still open and waits for this decision: it can't just be noted.";
    };
  }

  private @Nullable String chargeObstacle(Withdrawal order) {
    List<Transfer> transfers = ledger.transfers(order.id());
    if (transfers.stream().noneMatch(t -> t.kind() == Transfer.Kind.RECEIVABLE)
        || transfers.stream().anyMatch(t -> t.kind() == Transfer.Kind.CORRECTION)) {
      return "Nothing is receivable from the user for this order.";
    }
    Account account =
        Objects.requireNonNull(ledger.lock(List.of(order.accountId())).get(order.accountId()));
    return account.available().minor() >= order.amount().minor()
        ? null
        : "The user's available balance is less than " + order.amount() + ".";
  }

  private void apply(ReviewCase found, Decision decision, String actor) {
    UUID orderId = found.withdrawalId();
    if (orderId == null || decision == Decision.NOTED) {
      return;
    }
    Withdrawal order = withdrawals.find(orderId).orElseThrow();
    EffectWriter.Work work = writer.begin(clock.instant());
    switch (decision) {
      case PAID -> {
        work.stop(order);
        work.settle(order, live(orderId).orElseGet(() -> latest(orderId)), CODE, null, actor);
      }
      case NOT_PAID -> {
        live(orderId)
            .ifPresent(a -> work.change(new Change(a.id(), State.REFUSED, CODE, null, null)));
        work.release(order, CODE, "two people decided that no channel paid", actor);
      }
      case KEEP_ASKING ->
          live(orderId)
              .ifPresent(
                  a -> work.change(new Change(a.id(), a.state(), CODE, null, clock.instant())));
      case NEXT_CHANNEL -> work.nextChannel(order);
      case CHARGE_USER -> work.chargeUser(order);
      case RETRY -> work.release(order, CODE, "two people decided to try again", actor);
      case NOTED -> {}
    }
    work.write();
  }

  private Optional<PayoutAttempt> live(UUID orderId) {
    return attempts.ofWithdrawals(List.of(orderId)).stream()
        .filter(a -> a.state().isLive())
        .findFirst();
  }

  private PayoutAttempt latest(UUID orderId) {
    return attempts.ofWithdrawals(List.of(orderId)).getLast();
  }
}

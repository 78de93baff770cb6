package dev.sluice.payout;

import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.payout.CompensationStore.Compensation;
import dev.sluice.payout.CompensationStore.Direction;
import dev.sluice.payout.CompensationStore.LogEntry;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Move;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Releases the funds of orders that definitely ended without payment. The decision was written in
 * the order's log before; doing it can be repeated any number of times with one effect. After three
 * failures the order's automation stops, and a person gets it.
 */
final class Compensator {
  static final int MOST_FAILURES = 3;
  private static final Logger log = LoggerFactory.getLogger(Compensator.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
  private static final int BATCH = 100;

  private final CompensationStore store;
  private final Withdrawals withdrawals;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final PayoutMetrics metrics;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final Runnable afterCommit;

  Compensator(
      CompensationStore store,
      Withdrawals withdrawals,
      Ledger ledger,
      ReviewCases reviews,
      PayoutMetrics metrics,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      Runnable afterCommit) {
    this.store = store;
    this.withdrawals = withdrawals;
    this.ledger = ledger;
    this.reviews = reviews;
    this.metrics = metrics;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
    this.afterCommit = afterCommit;
  }

  /** One step: returns how many orders were released or given to a person. */
  int runOnce() {
    int done = 0;
    for (UUID id : store.due(clock.instant(), BATCH)) {
      try {
        done += Boolean.TRUE.equals(transactions.execute(status -> release(id))) ? 1 : 0;
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue("withdrawalId", id).setCause(e).log("a release failed");
        done += Boolean.TRUE.equals(transactions.execute(status -> noteFailure(id))) ? 1 : 0;
      }
    }
    if (done > 0) {
      afterCommit.run();
    }
    return done;
  }

  private boolean release(UUID id) {
    // The order first, as everyone locks; then what was decided for it.
    Withdrawal order = withdrawals.lock(List.of(id)).get(id);
    Optional<Compensation> decided = store.lock(id);
    if (order == null || decided.isEmpty()) {
      return false;
    }
    Instant now = clock.instant();
    if (order.status() == WithdrawalState.PROCESSING) {
      ledger.lock(List.of(order.accountId()));
      ledger.write(List.of(Withdrawals.release(order, now)));
      withdrawals.move(
          List.of(
              new Move(
                  order, WithdrawalState.FAILED, decided.get().code(), decided.get().actor())));
    }
    store.done(id, now);
    return true;
  }

  private boolean noteFailure(UUID id) {
    Instant now = clock.instant();
    withdrawals.lock(List.of(id));
    if (store.failed(id, now.plus(PAUSE_AFTER_FAILURE), now) < MOST_FAILURES) {
      return false;
    }
    store.stop(List.of(id), now);
    store.log(
        List.of(
            new LogEntry(
                ids.next(),
                id,
                Direction.STOPPED,
                "release",
                "failed %d times".formatted(MOST_FAILURES),
                now)));
    reviews.open(
        List.of(
            new ReviewCases.Question(
                id,
                null,
                ReviewCase.Kind.COMPENSATION_FAILED,
                "Releasing this order's funds failed %d times; its automation has stopped."
                    .formatted(MOST_FAILURES))),
        now);
    metrics.alarm(ReviewCase.Kind.COMPENSATION_FAILED);
    return true;
  }
}

package dev.sluice.withdrawal;

import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.Transfer;
import dev.sluice.notify.Notifications;
import dev.sluice.queue.AdaptiveLimit;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.Signal;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.support.TransactionOperations;

/** All withdrawals: accept, look up, cancel, decide a review, move. */
public final class Withdrawals {
  private final WithdrawalStore store;
  private final DueStore queue;
  private final ListStore lists;
  private final GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue;
  private final AdaptiveLimit acceptLimit;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final Notifications notifications;
  private final NoticeWriter notices;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Signal due;

  Withdrawals(
      WithdrawalStore store,
      DueStore queue,
      ListStore lists,
      GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue,
      AdaptiveLimit acceptLimit,
      Ledger ledger,
      ReviewCases reviews,
      Notifications notifications,
      NoticeWriter notices,
      TransactionOperations transactions,
      Clock clock,
      Signal due) {
    this.store = store;
    this.queue = queue;
    this.lists = lists;
    this.acceptQueue = acceptQueue;
    this.acceptLimit = acceptLimit;
    this.ledger = ledger;
    this.reviews = reviews;
    this.notifications = notifications;
    this.notices = notices;
    this.transactions = transactions;
    this.clock = clock;
    this.due = due;
  }

  /**
   * Accepts or refuses a request, together with whatever else waits.
   *
   * @throws GroupCommit.Overloaded nothing was done; try again later
   * @throws GroupCommit.OutcomeUnknown it may have been done; try again with the same key
   */
  public AcceptResult accept(WithdrawalRequest request) {
    return acceptLimit.run(() -> acceptQueue.submit(request));
  }

  /**
   * Whether {@link #accept} would refuse one more now, as callers may ask before they prepare it.
   */
  public boolean isFull() {
    return acceptLimit.isFull();
  }

  /**
   * Accepts or refuses several requests at once: they share commits, and each stands alone. A
   * user's requests are decided in their order.
   *
   * @return what became of each, in order
   */
  public List<GroupCommit.Submitted<AcceptResult>> acceptAll(List<WithdrawalRequest> requests) {
    return acceptQueue.submitAll(requests, request -> request.userId().hashCode());
  }

  /** The order with this id, read together with whatever else is; not within a transaction. */
  public Optional<Withdrawal> look(UUID id) {
    return lists.byId(id);
  }

  /** The order with this id. */
  public Optional<Withdrawal> find(UUID id) {
    return store.byId(id).stream().findFirst();
  }

  /**
   * Orders, newest first.
   *
   * @param userId only this user's, or null for all
   * @param status only these, or null for all
   * @param before the last page's {@link Page#next}, or null for the first page
   * @param limit 1 to 200
   */
  public Page list(
      @Nullable String userId, @Nullable WithdrawalState status, @Nullable UUID before, int limit) {
    return lists.list(userId, status, before, limit);
  }

  /** An order's first step and every move that isn't archived, oldest first. */
  public List<HistoryEntry> history(UUID id) {
    return store.history(id);
  }

  /** What became of a wish to change an order. */
  public sealed interface Change {
    /** Done; the order as it is now. */
    record Done(Withdrawal order) implements Change {}

    /** Its state doesn't allow it any more. */
    record NotPossible(Withdrawal order) implements Change {}

    /** No such order. */
    record NotFound() implements Change {}
  }

  /** Cancels an order before its first attempt and releases its funds. Twice is once. */
  public Change cancel(UUID id, String actor) {
    return change(
        id,
        order -> {
          if (order.status() == WithdrawalState.CANCELLED) {
            return new Change.Done(order);
          }
          if (!order.status().isCancellable()) {
            return new Change.NotPossible(order);
          }
          return end(order, WithdrawalState.CANCELLED, "CANCELLED_BY_USER", actor, "CANCELLED");
        });
  }

  /**
   * Decides the risk review of an order.
   *
   * @param approve true to pay it, false to refuse it and release its funds
   * @param reason the person's words
   */
  public Change review(UUID id, boolean approve, String reason, String actor) {
    return change(
        id,
        order -> {
          if (order.status() != WithdrawalState.REVIEW) {
            return new Change.NotPossible(order);
          }
          if (!approve) {
            return end(order, WithdrawalState.FAILED, "REVIEW_REJECTED", actor, reason);
          }
          Instant now = clock.instant();
          reviews.resolve(id, ReviewCase.Kind.RISK, "APPROVED", reason, actor, now);
          Withdrawal moved =
              move(List.of(new Move(order, WithdrawalState.PENDING, "REVIEW_APPROVED", actor)))
                  .getFirst();
          queue.put(List.of(id), now);
          return new Change.Done(moved);
        });
  }

  private Change change(UUID id, Function<Withdrawal, Change> decision) {
    Change change =
        transactions.execute(
            status ->
                store.lock(List.of(id)).stream()
                    .findFirst()
                    .map(decision)
                    .orElseGet(Change.NotFound::new));
    if (change == null) {
      throw new IllegalStateException("a change always has a result");
    }
    if (change instanceof Change.Done) {
      due.fire();
      notifications.afterEnqueue();
    }
    return change;
  }

  private Change end(
      Withdrawal order, WithdrawalState to, String code, String actor, String caseReason) {
    Instant now = clock.instant();
    reviews.resolve(order.id(), ReviewCase.Kind.RISK, to.name(), caseReason, actor, now);
    ledger.lock(List.of(order.accountId()));
    ledger.write(List.of(release(order, now)));
    return new Change.Done(move(List.of(new Move(order, to, code, actor))).getFirst());
  }

  /** The transfer that gives an order's held funds back. */
  public static Transfer release(Withdrawal order, Instant at) {
    return Transfer.of(
        order.id(), Transfer.Kind.RELEASE, order.accountId(), order.accountId(), order.total(), at);
  }

  /** In the caller's transaction: locks orders in the order of their ids. */
  public Map<UUID, Withdrawal> lock(Collection<UUID> ids) {
    Map<UUID, Withdrawal> locked = new LinkedHashMap<>();
    store.lock(ids).forEach(order -> locked.put(order.id(), order));
    return locked;
  }

  /**
   * In the caller's transaction: locks up to {@code limit} orders that are due for an attempt. Each
   * has to be moved, to be put back or to be removed.
   */
  public List<Withdrawal> lockDue(int limit) {
    return queue.lock(clock.instant(), limit);
  }

  /** In the caller's transaction, on locked orders: nothing is to be attempted for them now. */
  public void removeDue(Collection<UUID> ids) {
    if (!ids.isEmpty()) {
      queue.remove(ids);
    }
  }

  /** In the caller's transaction, on locked orders: they are to be attempted then. */
  public void putDue(Collection<UUID> ids, Instant at) {
    if (!ids.isEmpty()) {
      queue.put(ids, at);
    }
  }

  /** In the caller's transaction, on locked orders: says why they wait. */
  public void setReason(Collection<UUID> ids, @Nullable String reason) {
    if (!ids.isEmpty()) {
      store.setReason(ids, reason);
    }
  }

  /**
   * In the caller's transaction, on locked orders: moves them, writes their history, and queues a
   * notification for each that is final now. What has moved isn't due any more.
   *
   * @return the orders as they are now, in order
   * @throws OptimisticLockingFailureException if one isn't where it was when it was locked
   */
  public List<Withdrawal> move(List<Move> moves) {
    if (moves.isEmpty()) {
      return List.of();
    }
    Instant now = clock.instant();
    int moved = store.move(moves, now);
    if (moved != moves.size()) {
      throw new OptimisticLockingFailureException(
          "%d of %d orders have moved meanwhile".formatted(moves.size() - moved, moves.size()));
    }
    List<Withdrawal> orders =
        moves.stream().map(m -> m.order().moved(m.to(), m.reason(), now)).toList();
    notifications.enqueue(
        orders.stream().filter(o -> o.status().isFinal()).map(notices::notice).toList(), now);
    return orders;
  }

  /** How long the oldest place in the queue has been due, in seconds. */
  public double oldestDueSeconds() {
    return queue.oldestSeconds(clock.instant());
  }
}

package dev.sluice.review;

import dev.sluice.money.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;

/** Opens, lists and resolves review cases. */
public final class ReviewCases {
  private final ReviewStore store;
  private final Ids ids;

  ReviewCases(ReviewStore store, Ids ids) {
    this.store = store;
    this.ids = ids;
  }

  /**
   * A question for a person.
   *
   * @param withdrawalId the order, or null if it isn't about one
   * @param attemptId the attempt, if it is about one
   * @param detail one sentence that says what is to be decided
   */
  public record Question(
      @Nullable UUID withdrawalId, @Nullable UUID attemptId, ReviewCase.Kind kind, String detail) {}

  /**
   * In the caller's transaction: opens cases. A case of the same kind that is open for the same
   * order already stays the only one.
   */
  public void open(List<Question> questions, Instant at) {
    if (!questions.isEmpty()) {
      store.insert(questions.stream().map(q -> new ReviewStore.NewRow(ids.next(), q)).toList(), at);
    }
  }

  /**
   * In the caller's transaction: closes an open case of a kind, by one person.
   *
   * @return false if none is open
   */
  public boolean resolve(
      UUID withdrawalId,
      ReviewCase.Kind kind,
      String decision,
      @Nullable String reason,
      String actor,
      Instant at) {
    return store.resolve(withdrawalId, kind, decision, reason, actor, at);
  }

  /**
   * In the caller's transaction: opens a case under an id of the caller's, with evidence. As with
   * {@link #open(List, Instant)}, an open case of the same kind and order stays the only one.
   *
   * @param evidence a JSON object
   */
  public void open(UUID id, Question question, String evidence, Instant at) {
    store.insert(id, question, evidence, at);
  }

  /**
   * In the caller's transaction: closes a case by its id.
   *
   * @return false if it isn't open
   */
  public boolean resolve(UUID id, String decision, String reason, String actor, Instant at) {
    return store.resolve(id, decision, reason, actor, at);
  }

  /** All cases of an order, oldest first. */
  public List<ReviewCase> of(UUID withdrawalId) {
    return store.byWithdrawal(withdrawalId);
  }

  /** The case with this id. */
  public Optional<ReviewCase> find(UUID id) {
    return store.byId(id);
  }

  /** Cases that wait for a person, oldest first, after the given one. */
  public List<ReviewCase> waiting(@Nullable ReviewCase after, int limit) {
    return store.open(after, limit);
  }

  /** In the caller's transaction: locks a case. */
  public Optional<ReviewCase> lock(UUID id) {
    return store.lock(id);
  }

  /** In the caller's transaction, on a locked open case: one person proposes. */
  public void propose(ReviewCase open, String decision, String reason, String actor, Instant at) {
    demand(store.propose(open.id(), open.version(), decision, reason, actor, at), open);
    store.log(open.id(), "PROPOSED", decision, reason, actor, at);
  }

  /**
   * In the caller's transaction, on a locked proposed case: another person approves. The caller
   * applies the effect in the same transaction.
   *
   * @throws IllegalArgumentException if it is the one who proposed
   */
  public void approve(ReviewCase proposed, String reason, String actor, Instant at) {
    if (actor.equals(proposed.proposedBy())) {
      throw new IllegalArgumentException("whoever proposed can't approve");
    }
    demand(store.approve(proposed.id(), proposed.version(), actor, at), proposed);
    store.log(proposed.id(), "APPROVED", String.valueOf(proposed.decision()), reason, actor, at);
  }

  /** In the caller's transaction, on a locked proposed case: back to open. */
  public void reject(ReviewCase proposed, String reason, String actor, Instant at) {
    demand(store.reopen(proposed.id(), proposed.version()), proposed);
    store.log(proposed.id(), "REJECTED", String.valueOf(proposed.decision()), reason, actor, at);
  }

  private static void demand(boolean changed, ReviewCase locked) {
    if (!changed) {
      throw new OptimisticLockingFailureException("case " + locked.id() + " has changed meanwhile");
    }
  }

  /** How many cases are open. */
  public long open() {
    return store.countOpen();
  }
}

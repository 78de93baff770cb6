package dev.sluice.withdrawal;

import java.util.Set;

/**
 * The states of a withdrawal and the moves between them; docs/state-machine.md draws them, and the
 * database refuses every other move, too.
 */
public enum WithdrawalState {
  /** Accepted: written, and its funds held, in one commit. */
  PENDING,
  /** A risk rule asks for a person. */
  REVIEW,
  /** An attempt is written; its outcome is not known for sure. */
  PROCESSING,
  /** A channel says, provably, that it paid. */
  SUCCESS,
  /** Refused for good; the held funds are released. */
  FAILED,
  /** Cancelled before the first attempt; the held funds are released. */
  CANCELLED,
  /** The bank returned the money after success. */
  REFUNDED;

  /** The states that this one may move to. */
  public Set<WithdrawalState> next() {
    return switch (this) {
      case PENDING -> Set.of(REVIEW, FAILED, CANCELLED, PROCESSING);
      case REVIEW -> Set.of(PENDING, FAILED, CANCELLED);
      case PROCESSING -> Set.of(SUCCESS, FAILED);
      case SUCCESS -> Set.of(REFUNDED);
      case FAILED, CANCELLED, REFUNDED -> Set.of();
    };
  }

  /** Whether the merchant is told of this state as an end. */
  public boolean isFinal() {
    return switch (this) {
      case SUCCESS, FAILED, CANCELLED, REFUNDED -> true;
      case PENDING, REVIEW, PROCESSING -> false;
    };
  }

  /** Whether cancelling is still possible: no attempt was written. */
  public boolean isCancellable() {
    return this == PENDING || this == REVIEW;
  }
}

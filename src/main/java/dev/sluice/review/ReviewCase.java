package dev.sluice.review;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A question that a person decides. */
public record ReviewCase(
    UUID id,
    @Nullable UUID withdrawalId,
    @Nullable UUID attemptId,
    Kind kind,
    String detail,
    State state,
    int version,
    @Nullable String decision,
    @Nullable String reason,
    @Nullable String proposedBy,
    @Nullable String resolvedBy,
    Instant openedAt,
    @Nullable Instant resolvedAt) {

  /** What it is about. */
  public enum Kind {
    /** A risk rule asks for a person before the first attempt. */
    RISK,
    /** The channel's messages contradict each other. */
    CONTRADICTION,
    /** Paid after we had released the funds. */
    LATE_SUCCESS,
    /** Another amount, currency or beneficiary than we asked for. */
    MISMATCH,
    /** Unknown past the channel's query window. */
    UNKNOWN_TOO_LONG,
    /** A compensation failed three times. */
    COMPENSATION_FAILED,
    /** A return that fits no successful payout. */
    RETURN,
    /** A message that could not be applied. */
    POISON,
    /** A difference that a statement showed. */
    STATEMENT
  }

  /** Where it stands. */
  public enum State {
    OPEN,
    PROPOSED,
    RESOLVED
  }
}

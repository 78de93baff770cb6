package dev.sluice.reconcile;

import dev.sluice.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A difference between a statement and our books.
 *
 * @param subject the attempt it is about, or the identity of the statement's line
 * @param lineNo the line of the run's file, if there is one
 * @param ours what our books say, if they have it
 * @param theirs what the statement says, if it has it
 * @param risk how much money may be lost by it
 * @param detail one sentence for people
 * @param waitUntil while it waits: the business day whose statement may explain it
 * @param decision what closed it, or is proposed to: a name of {@link Decision}, or of a rule
 */
public record Break(
    UUID id,
    String source,
    String channel,
    UUID runId,
    LocalDate businessDate,
    Kind kind,
    UUID subject,
    @Nullable UUID attemptId,
    @Nullable UUID withdrawalId,
    @Nullable Integer lineNo,
    @Nullable Money ours,
    @Nullable Money theirs,
    Money risk,
    String detail,
    State state,
    @Nullable LocalDate waitUntil,
    int version,
    @Nullable String decision,
    @Nullable String reason,
    @Nullable String proposedBy,
    @Nullable String closedBy,
    Instant openedAt,
    @Nullable Instant closedAt) {

  /** How the two sides differ. */
  public enum Kind {
    /** We hold it for paid; the statement doesn't have it. */
    MISSING_AT_CHANNEL,
    /** The statement has it; we have no such payout. */
    MISSING_HERE,
    /** Another amount or currency. */
    AMOUNT_DIFFERS,
    /** One side says paid, the other doesn't. */
    STATUS_DIFFERS,
    /** Paid to another account. */
    BENEFICIARY_DIFFERS,
    /** The same payout stands on statements twice. */
    DUPLICATE_AT_CHANNEL,
    /** A return that fits none of our payouts. */
    RETURN_UNKNOWN,
    /** On the statement of another day than it could be. */
    LATE
  }

  /** Where it stands. */
  public enum State {
    /** A further statement or message may explain it by itself. */
    WAITING,
    /** A person must look. */
    OPEN,
    /** One person has proposed how to resolve it; another must approve. */
    PROPOSED,
    /** Explained by rule, or resolved by two persons. */
    CLOSED
  }

  /** How persons resolve it. */
  public enum Decision {
    /** Explained outside; where the line is true as it stands, it is taken as matched. */
    ACKNOWLEDGE,
    /** The difference is borne by, or goes to, {@code fees}. */
    WRITE_OFF,
    /** The user owes it: booked to {@code receivable}. */
    RECOVER,
    /** The channel doesn't have the money any more: the user gets it back, as if returned. */
    RETURN_TO_USER
  }
}

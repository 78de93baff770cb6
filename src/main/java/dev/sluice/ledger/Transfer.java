package dev.sluice.ledger;

import dev.sluice.money.Money;
import java.time.Instant;
import java.util.UUID;

/**
 * One movement between two ledger accounts. Never changed and never deleted: a correction is a new
 * transfer.
 *
 * @param cause the withdrawal, credit or run that made it
 * @param step its place in that cause; (cause, step) is unique, so nothing is moved twice
 * @param kind what it is
 * @param debit the account it leaves
 * @param credit the account it reaches
 * @param amount how much
 * @param at when
 */
public record Transfer(
    UUID cause, int step, Kind kind, long debit, long credit, Money amount, Instant at) {

  /** What a transfer is, and its step within its cause. */
  public enum Kind {
    /** funding to user available. */
    TOP_UP(1),
    /** user available to user held. */
    HOLD(1),
    /** user held to clearing: the channel paid. */
    POST(2),
    /** user held to user available: it did not and never will. */
    RELEASE(2),
    /** user held to fees, with the post. */
    FEE(3),
    /** clearing to user available: the bank returned the money. */
    REFUND(4),
    /** fees to user available: what the bank kept of a return, where the platform bears it. */
    SHORTFALL(5),
    /** receivable to clearing: paid after we had released. */
    RECEIVABLE(6),
    /** clearing to bank, or back: what a run found on the channel's statement. Step 1 and on. */
    MATCH(1),
    /** Between system accounts: what two people decided about a difference. Step 10 and on. */
    RESOLUTION(10),
    /** user available to a system account, as two people decided in a review case. */
    CORRECTION(10);

    private final int step;

    Kind(int step) {
      this.step = step;
    }
  }

  /** A transfer of a kind, at that kind's step. */
  public static Transfer of(
      UUID cause, Kind kind, long debit, long credit, Money amount, Instant at) {
    return new Transfer(cause, kind.step, kind, debit, credit, amount, at);
  }

  long availableChange(long account) {
    return switch (kind) {
      case TOP_UP, REFUND, SHORTFALL -> account == credit ? amount.minor() : 0;
      case HOLD -> -amount.minor();
      case RELEASE -> amount.minor();
      case CORRECTION -> account == debit ? -amount.minor() : 0;
      case POST, FEE, RECEIVABLE, MATCH, RESOLUTION -> 0;
    };
  }

  long heldChange(long account) {
    return switch (kind) {
      case HOLD -> amount.minor();
      case RELEASE -> -amount.minor();
      case POST, FEE -> account == debit ? -amount.minor() : 0;
      case TOP_UP, REFUND, SHORTFALL, RECEIVABLE, MATCH, RESOLUTION, CORRECTION -> 0;
    };
  }
}

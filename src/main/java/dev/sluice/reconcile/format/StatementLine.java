package dev.sluice.reconcile.format;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a statement.
 *
 * @param number where it stands in its file, from 1
 * @param requestNumber our own number, as the file gives it
 * @param reference the channel's transaction id; of a return, the id of the return
 * @param minor amount in minor units, never negative: the kind tells the direction
 * @param currency ISO 4217 code
 * @param beneficiary the number that was paid, masked or not, as the file gives it
 * @param bookedAt when the channel booked it; noon of its day if the file gives no time
 */
public record StatementLine(
    int number,
    Kind kind,
    @Nullable String requestNumber,
    @Nullable String reference,
    long minor,
    String currency,
    @Nullable String beneficiary,
    @Nullable Instant bookedAt) {

  /** What an entry says. */
  public enum Kind {
    /** The channel paid. */
    PAID,
    /** The channel did not pay and never will. */
    REFUSED,
    /** The money came back after it was paid. */
    RETURNED,
    /** What the channel takes for its service. */
    FEE,
    /** Top-ups, interest and whatever else is no payout. */
    OTHER
  }

  /** Without the beneficiary, whose number may be whole. */
  @Override
  public String toString() {
    return "StatementLine[%d, %s, %s, %d %s]"
        .formatted(number, kind, requestNumber, minor, currency);
  }
}

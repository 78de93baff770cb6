package dev.sluice.payout;

/** Who bears what the bank kept of a returned payout. */
public enum ShortfallPolicy {
  /** The user gets what came back. */
  USER,
  /** The user gets the whole amount; the difference comes out of {@code fees}. */
  FEES
}

package dev.sluice.payout;

import dev.sluice.review.ReviewCase;
import java.util.Set;

/** What two people can decide about a review case. */
public enum Decision {
  /** The channel paid, and there is proof outside of Sluice: settle the order. */
  PAID,
  /** The channel did not pay and never will: release the funds. */
  NOT_PAID,
  /** Ask the channel again, from now on. */
  KEEP_ASKING,
  /** No channel has paid: try the next one. */
  NEXT_CHANNEL,
  /** Take from the user's available balance what was paid after the release. */
  CHARGE_USER,
  /** Try the release again. */
  RETRY,
  /** Nothing is to be moved; the case is closed with its reason. */
  NOTED;

  /** What can be decided about a kind of case. */
  public static Set<Decision> of(ReviewCase.Kind kind) {
    return switch (kind) {
      case MISMATCH, UNKNOWN_TOO_LONG, CONTRADICTION, POISON, RETURN ->
          Set.of(PAID, NOT_PAID, KEEP_ASKING, NEXT_CHANNEL, NOTED);
      case LATE_SUCCESS -> Set.of(CHARGE_USER, NOTED);
      case COMPENSATION_FAILED -> Set.of(RETRY, NOTED);
      case STATEMENT -> Set.of(NOTED);
      case RISK -> Set.of(); // decided by POST /v1/withdrawals/{id}/review
    };
  }
}

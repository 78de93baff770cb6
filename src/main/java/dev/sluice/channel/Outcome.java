package dev.sluice.channel;

import dev.sluice.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What we know of a payout attempt. Only {@link Paid} and {@link Refused} are definite; a timeout,
 * a server error, an unsigned or unreadable reply and a code that isn't on the provider's list are
 * {@link Unknown}.
 */
public sealed interface Outcome {

  /**
   * The channel has taken the instruction and will report later.
   *
   * @param reference the channel's own transaction id, if it gave one
   * @param handOver what the user's app needs so that it goes on, if it waits for the user
   */
  record Accepted(@Nullable String reference, @Nullable HandOver handOver) implements Outcome {

    /** Nothing for the user to do. */
    public Accepted(@Nullable String reference) {
      this(reference, null);
    }
  }

  /**
   * The channel says, provably, that it paid. What it says it paid is compared with what it was
   * told before anything is settled.
   *
   * @param amount what was paid, or null if this message doesn't say it
   * @param beneficiary the masked number that was paid, or null if this message doesn't say it
   * @param reference the channel's own transaction id
   */
  record Paid(@Nullable Money amount, @Nullable String beneficiary, @Nullable String reference)
      implements Outcome {}

  /**
   * The channel has definitely not paid and never will under this request number.
   *
   * @param code the provider's code, on its list of final refusals
   * @param detail the provider's words, for people
   * @param beneficiaryAtFault true if no channel can pay this beneficiary (closed account, name
   *     mismatch); false if another channel may
   */
  record Refused(String code, String detail, boolean beneficiaryAtFault) implements Outcome {}

  /**
   * It may have paid or not: ask again under the same request number.
   *
   * @param why what kept us from knowing
   * @param code the provider's code or ours, for people and metrics
   */
  record Unknown(Why why, String code) implements Outcome {}

  /** Why an outcome is unknown. */
  enum Why {
    /** The connection could not be opened: surely not sent, but it may have been before. */
    NO_CONNECTION,
    /** Sent, and no whole answer came in time. */
    TIMEOUT,
    /** HTTP 5xx, "system error", "processing": the channel does not know either. */
    CHANNEL_ERROR,
    /** The channel asked to slow down (HTTP 429). */
    THROTTLED,
    /** Unsigned, badly signed, or about another request. */
    UNVERIFIED,
    /** Not in the protocol's form. */
    UNREADABLE,
    /** A code that isn't on the provider's list. */
    UNLISTED_CODE,
    /** "No such order": a refusal only after the acceptance window, asked once more. */
    NOT_FOUND
  }
}

package dev.sluice.withdrawal;

/** What became of a request to withdraw. */
public sealed interface AcceptResult {

  /** A new order; its funds are held. */
  record Accepted(Withdrawal withdrawal) implements AcceptResult {}

  /** The key was used for this same request: the order as it stands now. */
  record Replayed(Withdrawal withdrawal) implements AcceptResult {}

  /** Nothing was written. */
  record Refused(Refusal why, String detail) implements AcceptResult {}

  /** Why a request is refused, in the order in which it is checked. */
  enum Refusal {
    /** The key was used for another request. Trying again with this key never helps. */
    IDEMPOTENCY_KEY_REUSED,
    /** The beneficiary isn't registered, or the masked number fits several. */
    BENEFICIARY_NOT_FOUND,
    /** No channel ever pays such an amount, currency or kind of beneficiary. */
    NOT_PAYABLE,
    /** No active account in this currency. */
    ACCOUNT_NOT_ACTIVE,
    /** Available is less than amount and fee. Trying again after a top-up helps. */
    INSUFFICIENT_FUNDS
  }
}

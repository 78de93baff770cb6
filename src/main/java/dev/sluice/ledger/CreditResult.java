package dev.sluice.ledger;

/** What became of a credit. */
public sealed interface CreditResult {

  /**
   * The account stands credited.
   *
   * @param account as it stands now
   * @param replayed true if this reference had been credited before, and nothing was done now
   */
  record Credited(Account account, boolean replayed) implements CreditResult {}

  /** The reference was used for another amount. */
  record ReferenceReused() implements CreditResult {}

  /** No such account. */
  record NoSuchAccount() implements CreditResult {}

  /** The amount is not in the account's currency, or would overflow it. */
  record NotPossible(String reason) implements CreditResult {}
}

package dev.sluice.ledger;

/** An account that isn't a user's. Its balance is the sum of its transfers and stored nowhere. */
public enum SystemAccount {
  /** Where users' top-ups come from. */
  FUNDING,
  /** What the platform earns, and pays for shortfalls. */
  FEES,
  /** Per channel: paid, and not yet seen on a statement. */
  CLEARING,
  /** Per channel: seen on its statement. */
  BANK,
  /** Per user: paid after the funds had been released. */
  RECEIVABLE
}

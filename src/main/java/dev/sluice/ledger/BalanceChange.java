package dev.sluice.ledger;

/** What a batch changes in one user account's stored balances, in minor units. */
record BalanceChange(long accountId, long available, long held) {

  BalanceChange plus(BalanceChange other) {
    return new BalanceChange(
        accountId, Math.addExact(available, other.available), Math.addExact(held, other.held));
  }
}

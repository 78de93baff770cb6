package dev.sluice.ledger;

import dev.sluice.memory.Memory;
import dev.sluice.money.Money;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Accounts as this instance saw them last, so that a hold needn't read what its update asks for all
 * the same. Nothing is refused because of what stands here: an account that may have too little is
 * read, and one of which more was spent elsewhere meanwhile is found by the update.
 */
final class RememberedAccounts {
  private static final int MOST = 100_000;

  private final Memory<Ledger.Key, Seen> accounts = new Memory<>(MOST);

  /** What changes with every order changes in place: nothing new in a cache that grows old. */
  private static final class Seen {
    private final Account account;
    private volatile long available;

    Seen(Account account, long available) {
      this.account = account;
      this.available = available;
    }

    Account now() {
      return account.withAvailable(new Money(available, account.available().currency()));
    }
  }

  /**
   * Those of these that had enough when they were seen last.
   *
   * @param totals what is to be held on each, in minor units
   */
  Map<Ledger.Key, Account> enough(Map<Ledger.Key, Long> totals) {
    Map<Ledger.Key, Account> enough = new HashMap<>();
    totals.forEach(
        (key, total) ->
            accounts
                .find(key)
                .map(Seen::now)
                .filter(account -> account.available().minor() >= total)
                .ifPresent(account -> enough.put(key, account)));
    return enough;
  }

  /** An account as it is after a commit, as far as this instance knows. */
  void remember(Ledger.Key key, Account account, long available) {
    Optional<Seen> seen = accounts.find(key);
    if (account.status() != Account.Status.ACTIVE) {
      forget(key);
    } else if (seen.isPresent() && seen.get().account.registrations() == account.registrations()) {
      seen.get().available = available;
    } else {
      accounts.put(key, new Seen(account, available));
    }
  }

  void forget(Ledger.Key key) {
    accounts.forget(key);
  }
}

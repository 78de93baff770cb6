package dev.sluice.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.money.Money;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accounts as this instance saw them last, so that a hold needn't read what its update asks for all
 * the same. Nothing is refused because of what stands here: an account that may have too little is
 * read, and one of which more was spent elsewhere meanwhile is found by the update.
 */
final class RememberedAccounts {
  private static final int MOST = 100_000;

  private final Cache<Ledger.Key, Seen> accounts = Caffeine.newBuilder().maximumSize(MOST).build();

  /** What changes with every order changes in place: nothing new in a cache that grows old. */
  private static final class Seen {
    private final Account account;
    private volatile long available;

    Seen(Account account, long available) {
      this.account = account;
      this.available = available;
    }

    Account now() {
      return account.withAvailable(Money.ofMinor(available, account.currency()));
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
        (key, total) -> {
          @Nullable Seen seen = accounts.getIfPresent(key);
          if (seen != null && seen.available >= total) {
            enough.put(key, seen.now());
          }
        });
    return enough;
  }

  /** An account as it is after a commit, as far as this instance knows. */
  void remember(Account account, long available) {
    Ledger.Key key = new Ledger.Key(account.userId(), account.currency());
    @Nullable Seen seen = accounts.getIfPresent(key);
    if (account.status() != Account.Status.ACTIVE) {
      forget(key);
    } else if (seen != null && seen.account.registrations() == account.registrations()) {
      seen.available = available;
    } else {
      accounts.put(key, new Seen(account, available));
    }
  }

  void forget(Ledger.Key key) {
    accounts.invalidate(key);
  }
}

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

  private final Cache<Ledger.Key, Account> accounts =
      Caffeine.newBuilder().maximumSize(MOST).build();

  /**
   * Those of these that had enough when they were seen last.
   *
   * @param totals what is to be held on each, in minor units
   */
  Map<Ledger.Key, Account> enough(Map<Ledger.Key, Long> totals) {
    Map<Ledger.Key, Account> enough = new HashMap<>();
    totals.forEach(
        (key, total) -> {
          @Nullable Account account = accounts.getIfPresent(key);
          if (account != null
              && account.status() == Account.Status.ACTIVE
              && account.available().minor() >= total) {
            enough.put(key, account);
          }
        });
    return enough;
  }

  /** An account as it is after a commit, as far as this instance knows. */
  void remember(Account account, long available) {
    Money left = Money.ofMinor(available, account.currency());
    accounts.put(
        new Ledger.Key(account.userId(), account.currency()),
        new Account(
            account.id(),
            account.userId(),
            account.status(),
            left,
            account.held(),
            account.registrations(),
            account.createdAt()));
  }

  void forget(Ledger.Key key) {
    accounts.invalidate(key);
  }
}

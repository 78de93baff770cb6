package dev.sluice.ledger;

import dev.sluice.database.RoundTrip;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The double-entry ledger. Whoever moves money locks the user accounts first, always in the order
 * of their ids, then writes transfers; a {@link #hold} needs no lock, for its update decides.
 * Stored balances follow from the transfers alone.
 */
public final class Ledger {

  private final LedgerStore store;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final Map<SystemKey, Long> systemAccounts = new ConcurrentHashMap<>();

  private record SystemKey(SystemAccount kind, String owner, String currency) {}

  Ledger(LedgerStore store, TransactionOperations transactions, Clock clock, Ids ids) {
    this.store = store;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
  }

  /** An account that was opened, or found open already. */
  public record Opened(Account account, boolean existed) {}

  /** Opens a user's account in a currency; the same call again finds it. */
  public Opened open(String userId, Currency currency) {
    boolean inserted = store.insert("USER", userId, currency.getCurrencyCode(), now());
    Account account = store.byOwner(userId, currency.getCurrencyCode()).orElseThrow();
    return new Opened(account, !inserted);
  }

  /** All accounts of a user, oldest first. */
  public List<Account> accounts(String userId) {
    return store.byOwner(userId);
  }

  /** The user account with this id. */
  public Optional<Account> account(long id) {
    return store.byId(id);
  }

  /**
   * Tops an account up from {@code funding}.
   *
   * @param reference the caller's own id of this credit, its idempotency key
   */
  public CreditResult credit(long accountId, Money amount, String reference) {
    CreditResult result =
        transactions.execute(status -> creditLocked(accountId, amount, reference));
    if (result == null) {
      throw new IllegalStateException("a credit always has a result");
    }
    return result;
  }

  private CreditResult creditLocked(long accountId, Money amount, String reference) {
    Account account = lock(List.of(accountId)).get(accountId);
    if (account == null) {
      return new CreditResult.NoSuchAccount();
    }
    if (!account.available().currency().equals(amount.currency())) {
      return new CreditResult.NotPossible("the account is in " + account.currency());
    }
    Optional<Long> earlier = store.creditedBefore(accountId, reference);
    if (earlier.isPresent()) {
      return earlier.get() == amount.minor()
          ? new CreditResult.Credited(account, true)
          : new CreditResult.ReferenceReused();
    }
    if (account.available().minor() + amount.minor() > Money.MAX_MINOR) {
      return new CreditResult.NotPossible("the balance would exceed what an account can hold");
    }
    UUID id = ids.next();
    Instant now = now();
    store.insertCredit(id, accountId, reference, amount.minor(), now);
    long funding = systemAccount(SystemAccount.FUNDING, "-", amount.currency());
    write(List.of(Transfer.of(id, Transfer.Kind.TOP_UP, funding, accountId, amount, now)));
    return new CreditResult.Credited(store.byId(accountId).orElseThrow(), false);
  }

  /** The owner and currency of a user's account. */
  public record Key(String userId, String currency) {}

  /** In the caller's transaction: locks all accounts of these users in the order of their ids. */
  public Supplier<Map<Key, Account>> lockByUser(RoundTrip trip, Collection<String> userIds) {
    return byKey(store.lockByOwner(trip, userIds));
  }

  /** User accounts as they stand, not locked: what follows from them is {@link #holds guarded}. */
  public Supplier<Map<Key, Account>> readByKey(RoundTrip trip, Collection<Key> keys) {
    return keys.isEmpty() ? Map::of : byKey(store.readByKey(trip, keys));
  }

  private static Supplier<Map<Key, Account>> byKey(Supplier<List<Account>> accounts) {
    return () -> {
      Map<Key, Account> found = new HashMap<>();
      for (Account account : accounts.get()) {
        found.put(new Key(account.userId(), account.currency()), account);
      }
      return found;
    };
  }

  /** In the caller's transaction: locks user accounts in the order of their ids. */
  public Map<Long, Account> lock(Collection<Long> accountIds) {
    Map<Long, Account> locked = new HashMap<>();
    for (Account account : store.lock(accountIds)) {
      locked.put(account.id(), account);
    }
    return locked;
  }

  /**
   * In the caller's transaction, on locked accounts: writes transfers and the balances that follow.
   * The database refuses a negative balance, a step that was taken before, and a transfer of an
   * account that is not there.
   */
  public void write(List<Transfer> transfers) {
    if (transfers.isEmpty()) {
      return;
    }
    RoundTrip trip = store.trip();
    store.insertTransfers(trip, transfers);
    store.changeBalances(trip, changes(transfers));
    trip.send();
  }

  /**
   * Holds, as a share of the statement that writes the orders they are for. A conditional update
   * per account decides, locked or not: if one of them is not active by now, has too little, or its
   * owner has registered a beneficiary, the statement fails as a {@link
   * org.springframework.dao.ConcurrencyFailureException} and writes nothing.
   *
   * @param held on each account by all orders together, in the order of the accounts' ids, so that
   *     those who hold on several never wait in a circle
   * @param holds what each order holds of that
   * @param at when the orders are accepted
   */
  public Holds holds(List<Held> held, List<Hold> holds, Instant at) {
    return LedgerStore.holds(held, holds, at);
  }

  private static Collection<BalanceChange> changes(List<Transfer> transfers) {
    Map<Long, BalanceChange> changes = new TreeMap<>();
    for (Transfer transfer : transfers) {
      addChange(changes, transfer, transfer.debit());
      if (transfer.credit() != transfer.debit()) {
        addChange(changes, transfer, transfer.credit());
      }
    }
    return changes.values();
  }

  private static void addChange(Map<Long, BalanceChange> changes, Transfer transfer, long account) {
    long available = transfer.availableChange(account);
    long held = transfer.heldChange(account);
    if (available != 0 || held != 0) {
      changes.merge(account, new BalanceChange(account, available, held), BalanceChange::plus);
    }
  }

  /** The id of a system account, opened when it is first needed. */
  public long systemAccount(SystemAccount kind, String owner, Currency currency) {
    SystemKey key = new SystemKey(kind, owner, currency.getCurrencyCode());
    Long known = systemAccounts.get(key);
    if (known != null) {
      return known;
    }
    Optional<Long> existing = store.systemAccount(kind.name(), owner, key.currency());
    if (existing.isEmpty()) {
      store.insert(kind.name(), owner, key.currency(), now());
      existing = store.systemAccount(kind.name(), owner, key.currency());
    }
    long id = existing.orElseThrow();
    rememberOnceCommitted(key, id);
    return id;
  }

  /**
   * Not before: what a transaction sees may be its own account, and if it rolls back, the next ones
   * would write transfers to an account that is nowhere.
   */
  private void rememberOnceCommitted(SystemKey key, long id) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      systemAccounts.put(key, id);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            systemAccounts.put(key, id);
          }
        });
  }

  /** All transfers of a cause but an order's {@link #hold}, in the order of their steps. */
  public List<Transfer> transfers(UUID cause) {
    return store.transfers(cause);
  }

  /**
   * What an order held.
   *
   * @param acceptedAt by which it is found
   */
  public Optional<Transfer> hold(UUID order, Instant acceptedAt) {
    return store.hold(order, acceptedAt);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}

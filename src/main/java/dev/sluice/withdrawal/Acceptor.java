package dev.sluice.withdrawal;

import static java.util.Objects.requireNonNull;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.beneficiary.Beneficiaries.Resolution;
import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.database.RoundTrip;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.AcceptResult.Accepted;
import dev.sluice.withdrawal.AcceptResult.Refusal;
import dev.sluice.withdrawal.AcceptResult.Refused;
import dev.sluice.withdrawal.AcceptResult.Replayed;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Accepts a batch of requests: reads the accounts, decides each request in turn on balances folded
 * in memory, writes all rows in one statement, which is its own transaction. Whatever is refused
 * leaves no row.
 *
 * <p>At first nothing is locked: one conditional update per account and the unique keys decide
 * whether what was read still holds. If it doesn't, all of the batch is done again, in a
 * transaction with the accounts locked in sorted order. Locking each account before its update
 * costs the database as much as the update itself, and hardly ever changes anything.
 *
 * <p>Nor is anything read that this instance knows already: an account that it saw with enough in
 * it, and what a reference to a beneficiary meant. The update asks whether both are so still. Used
 * keys are found by their unique index when the orders are written. Nothing is refused by memory:
 * for a refusal, and for a key that was used, the batch is done again with all of it read, and so
 * are the next ones for a while.
 */
final class Acceptor {
  /** Who sends something again, or spends more than there is, is likely to do it once more. */
  private static final int BATCHES_WITH_KEYS = 100;

  private final AcceptStore store;
  private final Ledger ledger;
  private final Beneficiaries beneficiaries;
  private final ReviewCases reviews;
  private final PayableCheck payable;
  private final List<RiskCheck> riskChecks;
  private final CurrencyAmounts fees;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final RememberedBeneficiaries remembered = new RememberedBeneficiaries();
  private final AtomicInteger batchesToReadKeysIn = new AtomicInteger();

  Acceptor(
      AcceptStore store,
      Ledger ledger,
      Beneficiaries beneficiaries,
      ReviewCases reviews,
      PayableCheck payable,
      List<RiskCheck> riskChecks,
      CurrencyAmounts fees,
      TransactionOperations transactions,
      Clock clock,
      Ids ids) {
    this.store = store;
    this.ledger = ledger;
    this.beneficiaries = beneficiaries;
    this.reviews = reviews;
    this.payable = payable;
    this.riskChecks = List.copyOf(riskChecks);
    this.fees = fees;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
  }

  /** Answers each request, in order, after the commit. */
  List<AcceptResult> accept(List<WithdrawalRequest> requests) {
    try {
      return accept(requests, false);
    } catch (NeedsKeys | DuplicateKeyException e) {
      batchesToReadKeysIn.set(BATCHES_WITH_KEYS);
      return accept(requests, true);
    } catch (NeedsLocks | ConcurrencyFailureException e) {
      return accept(requests, true);
    }
  }

  private boolean readsKeys() {
    return batchesToReadKeysIn.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  private List<AcceptResult> accept(List<WithdrawalRequest> requests, boolean locked) {
    Batch committed = null;
    try {
      committed =
          locked ? transactions.execute(status -> run(requests, true)) : run(requests, false);
    } finally {
      if (committed == null) {
        ledger.forget(accountKeys(requests));
      }
    }
    if (committed == null) {
      throw new IllegalStateException("a batch always has its answers");
    }
    committed.remember();
    return committed.results;
  }

  /** The account that each request is of, in order. */
  private static List<Ledger.Key> accountKeys(List<WithdrawalRequest> requests) {
    List<Ledger.Key> keys = new ArrayList<>(requests.size());
    for (WithdrawalRequest request : requests) {
      keys.add(new Ledger.Key(request.userId(), request.amount().currency().getCurrencyCode()));
    }
    return keys;
  }

  private Batch run(List<WithdrawalRequest> requests, boolean locked) {
    Batch batch = new Batch(requests, locked);
    batch.run();
    return batch;
  }

  /** Something that can only be decided with the accounts locked. */
  private static final class NeedsLocks extends RuntimeException {
    NeedsLocks() {
      super("needs locks", null, false, false);
    }
  }

  /** Something that can only be refused once it is known that its key is new. */
  private static final class NeedsKeys extends RuntimeException {
    NeedsKeys() {
      super("needs keys", null, false, false);
    }
  }

  /** An order that this batch accepts, with what asks for a person, if anything does. */
  record NewOrder(
      Withdrawal order, UUID keyHash, UUID requestHash, Optional<String> reviewReason) {}

  /** An order that holds a key already. */
  record Existing(Withdrawal order, UUID keyHash, UUID requestHash) {}

  /** The state of one batch while its requests are decided in turn. */
  private final class Batch {
    private final List<WithdrawalRequest> requests;
    private final List<Ledger.Key> keys;
    private final boolean locked;
    private final boolean keysRead;
    private final Instant now = clock.instant();
    private final List<Resolution> resolutions;
    private final BitSet knownResolutions = new BitSet();
    private final Map<Ledger.Key, Account> accounts = new HashMap<>();
    private final Map<UUID, Existing> byKey = new HashMap<>();
    private final SortedMap<Long, Long> held = new TreeMap<>();
    private final Set<String> withNewBeneficiary = new HashSet<>();
    private final List<NewOrder> accepted = new ArrayList<>();
    private final List<AcceptResult> results = new ArrayList<>();

    Batch(List<WithdrawalRequest> requests, boolean locked) {
      this.requests = requests;
      this.keys = accountKeys(requests);
      this.locked = locked;
      this.keysRead = locked || readsKeys();
      RoundTrip trip = store.trip();
      var read = locked ? lockAccounts(trip) : readAccounts(trip);
      // After the accounts: whoever has spent what is missing from a balance has committed, and its
      // key is seen. The other way round its replay would be refused for too little.
      Supplier<List<Existing>> found =
          keysRead
              ? store.findByKeys(trip, requests.stream().map(WithdrawalRequest::keyHash).toList())
              : List::of;
      var resolved = resolve(trip);
      trip.send();
      accounts.putAll(read.get());
      this.resolutions = resolved.get();
      found.get().forEach(existing -> byKey.put(existing.keyHash(), existing));
    }

    private Supplier<Map<Ledger.Key, Account>> lockAccounts(RoundTrip trip) {
      return ledger.lockByUser(
          trip, requests.stream().map(WithdrawalRequest::userId).distinct().toList());
    }

    /** Those that aren't known with enough in them; the known ones are there at once. */
    private Supplier<Map<Ledger.Key, Account>> readAccounts(RoundTrip trip) {
      Map<Ledger.Key, Long> totals = totals();
      accounts.putAll(ledger.known(totals));
      Set<Ledger.Key> unknown = new HashSet<>(totals.keySet());
      unknown.removeAll(accounts.keySet());
      return ledger.readByKey(trip, unknown);
    }

    /** The beneficiaries, in order: those that are remembered, the others from the database. */
    private Supplier<List<Resolution>> resolve(RoundTrip trip) {
      List<Beneficiaries.Wanted> others = new ArrayList<>();
      List<@Nullable Resolution> resolved = new ArrayList<>(requests.size());
      for (int i = 0; i < requests.size(); i++) {
        WithdrawalRequest request = requests.get(i);
        Optional<Beneficiary> known = known(i);
        if (known.isPresent()) {
          knownResolutions.set(i);
          resolved.add(new Resolution.Found(known.get()));
        } else {
          others.add(new Beneficiaries.Wanted(request.userId(), request.beneficiary()));
          resolved.add(null);
        }
      }
      var read = beneficiaries.resolve(trip, others);
      return () -> {
        Iterator<Resolution> rest = read.get().iterator();
        List<Resolution> all = new ArrayList<>(resolved.size());
        for (Resolution known : resolved) {
          all.add(known == null ? rest.next() : known);
        }
        return all;
      };
    }

    private Optional<Beneficiary> known(int i) {
      Account account = accounts.get(keys.get(i));
      return account == null
          ? Optional.empty()
          : remembered.find(keys.get(i), account, requests.get(i).beneficiary());
    }

    /** What all of the requests together would hold on each account. */
    private Map<Ledger.Key, Long> totals() {
      Map<Ledger.Key, Long> totals = HashMap.newHashMap(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        Money amount = requests.get(i).amount();
        Money total = amount.plus(fees.moneyOrZero(amount.currency()));
        totals.merge(keys.get(i), total.minor(), Batch::sumOrMost);
      }
      return totals;
    }

    /** A sum too large for any account is as good as the largest number. */
    private static long sumOrMost(long one, long other) {
      return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    void run() {
      for (int i = 0; i < requests.size(); i++) {
        AcceptResult result =
            decide(requests.get(i), accounts.get(keys.get(i)), resolutions.get(i));
        if (result instanceof Refused && !keysRead) {
          throw new NeedsKeys();
        }
        results.add(result);
      }
      write();
    }

    /** After the commit. */
    void remember() {
      accounts.forEach(
          (key, account) -> {
            if (withNewBeneficiary.contains(account.userId())) {
              ledger.forget(Set.of(key)); // its registrations were counted meanwhile
            } else {
              ledger.remember(key, account, left(account));
            }
          });
      for (int i = 0; i < requests.size(); i++) {
        if (!knownResolutions.get(i)
            && resolutions.get(i) instanceof Resolution.Found(Beneficiary found)) {
          Account account = accounts.get(keys.get(i));
          if (account != null) {
            remembered.remember(keys.get(i), account, requests.get(i).beneficiary(), found);
          }
        }
      }
    }

    private AcceptResult decide(
        WithdrawalRequest request, @Nullable Account account, Resolution resolution) {
      Existing earlier = byKey.get(request.keyHash());
      if (earlier != null) {
        return earlier.requestHash().equals(request.requestHash())
            ? new Replayed(earlier.order())
            : new Refused(
                Refusal.IDEMPOTENCY_KEY_REUSED,
                "This Idempotency-Key was used for another request; use a new key for a new"
                    + " withdrawal.");
      }
      return switch (resolution) {
        case Resolution.Missing() ->
            new Refused(
                Refusal.BENEFICIARY_NOT_FOUND,
                "matches no beneficiary registered for this user; register it first or send the"
                    + " full number");
        case Resolution.Ambiguous() ->
            new Refused(
                Refusal.BENEFICIARY_NOT_FOUND,
                "matches more than one registered beneficiary; send beneficiaryId or the full"
                    + " number");
        case Resolution.Found(Beneficiary beneficiary) ->
            obstacle(request, beneficiary.kind())
                .<AcceptResult>map(refused -> refused)
                .orElseGet(() -> decideFunds(request, account, beneficiary));
        case Resolution.New(BeneficiaryReference.ByNumber number) ->
            // Registered with the order or not at all: an order that is refused leaves no row.
            obstacle(request, number.kind())
                .or(() -> enoughFunds(request, account))
                .<AcceptResult>map(refused -> refused)
                .orElseGet(() -> decideFunds(request, account, register(request.userId(), number)));
      };
    }

    private Optional<Refused> obstacle(WithdrawalRequest request, AccountNumber.Kind kind) {
      return payable
          .obstacle(new RiskCheck.Subject(request.userId(), request.amount(), kind))
          .map(why -> new Refused(Refusal.NOT_PAYABLE, why));
    }

    private Beneficiary register(String userId, BeneficiaryReference.ByNumber number) {
      if (!locked) {
        throw new NeedsLocks(); // accounts first, then beneficiaries: nobody waits in a circle
      }
      withNewBeneficiary.add(userId);
      return beneficiaries.add(List.of(new Beneficiaries.Wanted(userId, number))).getFirst();
    }

    private Optional<Refused> enoughFunds(WithdrawalRequest request, @Nullable Account account) {
      String currency = request.amount().currency().getCurrencyCode();
      if (account == null) {
        return Optional.of(
            new Refused(
                Refusal.ACCOUNT_NOT_ACTIVE, "The user has no account in " + currency + "."));
      }
      if (account.status() != Account.Status.ACTIVE) {
        return Optional.of(
            new Refused(
                Refusal.ACCOUNT_NOT_ACTIVE,
                "The user's account in %s is %s.".formatted(currency, account.status())));
      }
      Money total = request.amount().plus(fees.moneyOrZero(request.amount().currency()));
      return left(account) >= total.minor()
          ? Optional.empty()
          : Optional.of(
              new Refused(
                  Refusal.INSUFFICIENT_FUNDS,
                  "The available balance is less than amount and fee, %s; top up or withdraw less."
                      .formatted(total)));
    }

    private AcceptResult decideFunds(
        WithdrawalRequest request, @Nullable Account account, Beneficiary beneficiary) {
      Optional<Refused> refused = enoughFunds(request, account);
      if (refused.isPresent()) {
        return refused.get();
      }
      if (account == null) {
        throw new IllegalStateException("an account that has funds exists");
      }
      Money fee = fees.moneyOrZero(request.amount().currency());
      Optional<String> review = reviewReason(request, beneficiary);
      Withdrawal order =
          new Withdrawal(
              ids.next(),
              request.userId(),
              account.id(),
              beneficiary.id(),
              beneficiary.kind(),
              beneficiary.masked(),
              request.amount(),
              fee,
              review.isPresent() ? WithdrawalState.REVIEW : WithdrawalState.PENDING,
              review.isPresent() ? 2 : 1,
              review.orElse(null),
              request.note(),
              now,
              now);
      held.merge(account.id(), order.total().minor(), Long::sum);
      accepted.add(new NewOrder(order, request.keyHash(), request.requestHash(), review));
      byKey.put(request.keyHash(), new Existing(order, request.keyHash(), request.requestHash()));
      return new Accepted(order);
    }

    private Optional<String> reviewReason(WithdrawalRequest request, Beneficiary beneficiary) {
      RiskCheck.Subject subject =
          new RiskCheck.Subject(request.userId(), request.amount(), beneficiary.kind());
      return riskChecks.stream()
          .map(check -> check.reviewReason(subject))
          .flatMap(Optional::stream)
          .findFirst();
    }

    /** What is available on an account after what this batch holds. */
    private long left(Account account) {
      return account.available().minor() - held.getOrDefault(account.id(), 0L);
    }

    private void write() {
      if (accepted.isEmpty()) {
        return;
      }
      List<NewOrder> reviewed =
          accepted.stream().filter(o -> o.reviewReason().isPresent()).toList();
      if (reviewed.isEmpty()) {
        insert();
      } else {
        transactions.executeWithoutResult(
            status -> {
              insert();
              open(reviewed);
            });
      }
    }

    private void insert() {
      Map<Long, Long> registrations = new HashMap<>();
      accounts.values().forEach(a -> registrations.put(a.id(), a.registrations()));
      store.insert(
          accepted,
          ledger.holds(held, id -> locked ? null : requireNonNull(registrations.get(id)), now),
          now);
    }

    private void open(List<NewOrder> reviewed) {
      store.insertReviewSteps(reviewed, now);
      reviews.open(
          reviewed.stream()
              .map(
                  o ->
                      new ReviewCases.Question(
                          o.order().id(),
                          null,
                          ReviewCase.Kind.RISK,
                          "Pay %s to %s? %s"
                              .formatted(
                                  o.order().amount(),
                                  o.order().bankAccount(),
                                  o.reviewReason().orElse(""))))
              .toList(),
          now);
    }
  }
}

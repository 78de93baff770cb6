package dev.sluice.withdrawal;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.beneficiary.Beneficiaries.Resolution;
import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.database.RoundTrip;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.Hold;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.AcceptResult.Accepted;
import dev.sluice.withdrawal.AcceptResult.Refusal;
import dev.sluice.withdrawal.AcceptResult.Refused;
import dev.sluice.withdrawal.AcceptResult.Replayed;
import dev.sluice.withdrawal.BatchAccounts.Share;
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
  private final KnownAccounts known = new KnownAccounts();
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
    BatchAccounts accounts = new BatchAccounts(known, requests, fees);
    Batch committed = null;
    try {
      committed =
          locked
              ? transactions.execute(status -> run(requests, accounts, true))
              : run(requests, accounts, false);
    } finally {
      if (committed == null) {
        accounts.forget();
      }
    }
    if (committed == null) {
      throw new IllegalStateException("a batch always has its answers");
    }
    committed.remember();
    return committed.results;
  }

  private Batch run(List<WithdrawalRequest> requests, BatchAccounts accounts, boolean locked) {
    Batch batch = new Batch(requests, accounts, locked);
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
    private final BatchAccounts accounts;
    private final boolean locked;
    private final boolean keysRead;
    private final Instant now = clock.instant();
    private final List<Resolution> resolutions;
    private final BitSet knownResolutions = new BitSet();
    private final Map<UUID, Existing> byKey = new HashMap<>();
    private final Set<String> withNewBeneficiary = new HashSet<>();
    private final List<NewOrder> accepted = new ArrayList<>();
    private final List<AcceptResult> results = new ArrayList<>();

    Batch(List<WithdrawalRequest> requests, BatchAccounts accounts, boolean locked) {
      this.requests = requests;
      this.accounts = accounts;
      this.locked = locked;
      this.keysRead = locked || readsKeys();
      RoundTrip trip = store.trip();
      var read = locked ? lockAccounts(trip) : ledger.readByKey(trip, accounts.useKnown());
      // After the accounts: whoever has spent what is missing from a balance has committed, and its
      // key is seen. The other way round its replay would be refused for too little.
      Supplier<List<Existing>> found =
          keysRead
              ? store.findByKeys(trip, requests.stream().map(WithdrawalRequest::keyHash).toList())
              : List::of;
      var resolved = resolve(trip);
      trip.send();
      accounts.use(read.get());
      this.resolutions = resolved.get();
      found.get().forEach(existing -> byKey.put(existing.keyHash(), existing));
    }

    private Supplier<Map<Ledger.Key, Account>> lockAccounts(RoundTrip trip) {
      return ledger.lockByUser(
          trip, requests.stream().map(WithdrawalRequest::userId).distinct().toList());
    }

    /** The beneficiaries, in order: those that are remembered, the others from the database. */
    private Supplier<List<Resolution>> resolve(RoundTrip trip) {
      List<Beneficiaries.Wanted> others = new ArrayList<>();
      List<@Nullable Resolution> resolved = new ArrayList<>(requests.size());
      for (int i = 0; i < requests.size(); i++) {
        WithdrawalRequest request = requests.get(i);
        Optional<Beneficiary> paid = accounts.knownBeneficiary(i, request.beneficiary());
        if (paid.isPresent()) {
          knownResolutions.set(i);
          resolved.add(new Resolution.Found(paid.get()));
        } else {
          others.add(new Beneficiaries.Wanted(request.userId(), request.beneficiary()));
          resolved.add(null);
        }
      }
      var read = beneficiaries.resolve(trip, others);
      return () -> {
        Iterator<Resolution> rest = read.get().iterator();
        List<Resolution> all = new ArrayList<>(resolved.size());
        for (Resolution paid : resolved) {
          all.add(paid == null ? rest.next() : paid);
        }
        return all;
      };
    }

    void run() {
      for (int i = 0; i < requests.size(); i++) {
        AcceptResult result = decide(requests.get(i), accounts.of(i), resolutions.get(i));
        if (result instanceof Refused && !keysRead) {
          throw new NeedsKeys();
        }
        results.add(result);
      }
      write();
    }

    /** After the commit. */
    void remember() {
      accounts.remember(withNewBeneficiary);
      for (int i = 0; i < requests.size(); i++) {
        if (!knownResolutions.get(i)
            && resolutions.get(i) instanceof Resolution.Found(Beneficiary found)) {
          accounts.remember(i, requests.get(i).beneficiary(), found);
        }
      }
    }

    private AcceptResult decide(WithdrawalRequest request, Share account, Resolution resolution) {
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
            decide(request, account, beneficiary.kind(), () -> beneficiary);
        case Resolution.New(BeneficiaryReference.ByNumber number) ->
            // Registered with the order or not at all: an order that is refused leaves no row.
            decide(request, account, number.kind(), () -> register(request.userId(), number));
      };
    }

    private AcceptResult decide(
        WithdrawalRequest request,
        Share share,
        AccountNumber.Kind kind,
        Supplier<Beneficiary> beneficiary) {
      RiskCheck.Subject subject = new RiskCheck.Subject(request.userId(), request.amount(), kind);
      Optional<String> obstacle = payable.obstacle(subject);
      if (obstacle.isPresent()) {
        return new Refused(Refusal.NOT_PAYABLE, obstacle.get());
      }
      String currency = request.amount().currency().getCurrencyCode();
      Account account = share.account();
      if (account == null) {
        return new Refused(
            Refusal.ACCOUNT_NOT_ACTIVE, "The user has no account in " + currency + ".");
      }
      if (account.status() != Account.Status.ACTIVE) {
        return new Refused(
            Refusal.ACCOUNT_NOT_ACTIVE,
            "The user's account in %s is %s.".formatted(currency, account.status()));
      }
      Money fee = fees.moneyOrZero(request.amount().currency());
      Money total = request.amount().plus(fee);
      if (share.left() < total.minor()) {
        return new Refused(
            Refusal.INSUFFICIENT_FUNDS,
            "The available balance is less than amount and fee, %s; top up or withdraw less."
                .formatted(total));
      }
      Beneficiary paid = beneficiary.get();
      share.hold(total.minor());
      return order(request, account, paid, fee, reviewReason(subject));
    }

    private Beneficiary register(String userId, BeneficiaryReference.ByNumber number) {
      if (!locked) {
        throw new NeedsLocks(); // accounts first, then beneficiaries: nobody waits in a circle
      }
      withNewBeneficiary.add(userId);
      return beneficiaries.add(List.of(new Beneficiaries.Wanted(userId, number))).getFirst();
    }

    private AcceptResult order(
        WithdrawalRequest request,
        Account account,
        Beneficiary beneficiary,
        Money fee,
        Optional<String> review) {
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
      accepted.add(new NewOrder(order, request.keyHash(), request.requestHash(), review));
      byKey.put(request.keyHash(), new Existing(order, request.keyHash(), request.requestHash()));
      return new Accepted(order);
    }

    private Optional<String> reviewReason(RiskCheck.Subject subject) {
      for (RiskCheck check : riskChecks) {
        Optional<String> reason = check.reviewReason(subject);
        if (reason.isPresent()) {
          return reason;
        }
      }
      return Optional.empty();
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
      List<Hold> holds = new ArrayList<>(accepted.size());
      for (NewOrder each : accepted) {
        Withdrawal order = each.order();
        holds.add(new Hold(order.id(), order.accountId(), order.total().minor()));
      }
      store.insert(accepted, ledger.holds(accounts.held(locked), holds, now), now);
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

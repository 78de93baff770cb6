package dev.sluice.withdrawal;

import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.Held;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Money;
import dev.sluice.withdrawal.KnownAccounts.Seen;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The accounts of one batch: what is known of each, and what the batch holds on it. */
final class BatchAccounts {
  private final KnownAccounts known;
  private final Map<Ledger.Key, Share> shares;
  private final List<Share> ofRequests;
  private Map<Ledger.Key, Account> read = Map.of();

  /** An account's share of the batch. */
  static final class Share {
    private final Ledger.Key key;
    private Optional<Seen> seen = Optional.empty();
    private @Nullable Account account;
    private long wanted;
    private long available;
    private long held;

    private Share(Ledger.Key key) {
      this.key = key;
    }

    /** The account, if there is one; its balances are of when it was read. */
    @Nullable Account account() {
      return account;
    }

    /** What is available after all that the batch holds so far, in minor units. */
    long left() {
      return available - held;
    }

    /** Holds so much more. */
    void hold(long total) {
      held += total;
    }

    private void use(Account found, long balance) {
      account = found;
      available = balance;
    }
  }

  BatchAccounts(KnownAccounts known, List<WithdrawalRequest> requests, CurrencyAmounts fees) {
    this.known = known;
    this.shares = HashMap.newHashMap(requests.size());
    this.ofRequests = new ArrayList<>(requests.size());
    for (WithdrawalRequest request : requests) {
      Money amount = request.amount();
      Share share =
          shares.computeIfAbsent(
              new Ledger.Key(request.userId(), amount.currency().getCurrencyCode()), Share::new);
      long total = amount.plus(fees.moneyOrZero(amount.currency())).minor();
      share.wanted = sumOrMost(share.wanted, total);
      ofRequests.add(share);
    }
  }

  /** A sum too large for any account is as good as the largest number. */
  private static long sumOrMost(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }

  /** The share that a request, counted from 0, has a part in. */
  Share of(int request) {
    return ofRequests.get(request);
  }

  /**
   * Uses those that this instance saw with enough for all that the batch may hold on them.
   *
   * @return the others, which have to be read
   */
  Collection<Ledger.Key> useKnown() {
    List<Ledger.Key> others = new ArrayList<>();
    for (Share share : shares.values()) {
      share.seen = known.find(share.key);
      long available = share.seen.map(Seen::available).orElse(-1L);
      if (available >= share.wanted) {
        share.use(share.seen.orElseThrow().account(), available);
      } else {
        others.add(share.key);
      }
    }
    return others;
  }

  /** Uses what was read of those that weren't known. */
  void use(Map<Ledger.Key, Account> accounts) {
    read = accounts;
    for (Share share : shares.values()) {
      Account found = accounts.get(share.key);
      if (found != null) {
        share.use(found, found.available().minor());
      }
    }
  }

  /** Whom a request pays, if this instance knows. */
  Optional<Beneficiary> knownBeneficiary(int request, BeneficiaryReference reference) {
    Share share = of(request);
    return share.account == null
        ? Optional.empty()
        : share.seen.flatMap(seen -> known.beneficiary(share.key, seen, reference));
  }

  /**
   * What the batch holds, in the order of the accounts' ids.
   *
   * @param locked whether the accounts are, so that nobody can have been registered meanwhile
   */
  List<Held> held(boolean locked) {
    List<Held> all = new ArrayList<>(shares.size());
    for (Share share : shares.values()) {
      Account account = share.account;
      if (account != null && share.held > 0) {
        all.add(new Held(account.id(), share.held, locked ? null : account.registrations()));
      }
    }
    all.sort(Comparator.comparingLong(Held::accountId));
    return all;
  }

  /**
   * After the commit.
   *
   * @param withNewBeneficiary whose registrations were counted meanwhile
   */
  void remember(Set<String> withNewBeneficiary) {
    for (Share share : shares.values()) {
      Account account = share.account;
      share.seen =
          account == null || withNewBeneficiary.contains(account.userId())
              ? Optional.empty()
              : known.remember(share.key, share.seen, account, share.left());
    }
    read.keySet().stream()
        .filter(key -> withNewBeneficiary.contains(key.userId()))
        .forEach(known::forget);
  }

  /** After that: whom a request was found to pay. */
  void remember(int request, BeneficiaryReference reference, Beneficiary beneficiary) {
    Share share = of(request);
    share.seen.ifPresent(seen -> known.remember(share.key, seen, reference, beneficiary));
  }

  /** After a failure: what was known may not be so. */
  void forget() {
    shares.keySet().forEach(known::forget);
  }
}

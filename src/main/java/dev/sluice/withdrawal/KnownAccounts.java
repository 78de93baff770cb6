package dev.sluice.withdrawal;

import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.Ledger;
import dev.sluice.memory.Memory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * User accounts as this instance saw them last, and whom they paid, so that an order needn't read
 * what its hold asks for all the same ({@code
 * docs/decisions/0008-memory-makes-it-faster-the-hold-decides.md}). Nothing is refused because of
 * what stands here.
 */
final class KnownAccounts {
  private static final int MOST = 100_000;

  private final Memory<Ledger.Key, Seen> accounts = new Memory<>(MOST);
  private final Memory<Further, Beneficiary> further = new Memory<>(MOST);

  /** Who was meant by a reference. */
  private record Paid(BeneficiaryReference reference, Beneficiary beneficiary) {}

  /** A reference of an account's owner, as long as nobody was registered for him since. */
  private record Further(Ledger.Key account, long registrations, BeneficiaryReference reference) {}

  /**
   * An active account. What changes with every order changes in place: nothing new in a memory that
   * grows old. One look finds it and whom it mostly pays: each of the many places that a look goes
   * by has to come from afar.
   */
  static final class Seen {
    private final Account account;
    private volatile long available;
    private volatile @Nullable Paid first;

    Seen(Account account, long available) {
      this.account = account;
      this.available = available;
    }

    /** As it was read, but for its balances. */
    Account account() {
      return account;
    }

    /** What was left after the last commit that this instance knows of. */
    long available() {
      return available;
    }
  }

  /** The account, if it was active when it was seen last. */
  Optional<Seen> find(Ledger.Key key) {
    return accounts.find(key);
  }

  /**
   * An account as it is after a commit.
   *
   * @param before what stood here when the batch began
   * @param account as it was read or remembered
   * @param available what is left
   * @return what stands here now; empty if the account isn't active
   */
  Optional<Seen> remember(Ledger.Key key, Optional<Seen> before, Account account, long available) {
    if (account.status() != Account.Status.ACTIVE) {
      forget(key);
      return Optional.empty();
    }
    if (before.isPresent() && before.get().account.registrations() == account.registrations()) {
      before.get().available = available;
      return before;
    }
    Seen seen = new Seen(account, available);
    accounts.put(key, seen);
    return Optional.of(seen);
  }

  /**
   * Whom a reference meant when it was looked up last. A beneficiary never changes, but a further
   * one may have the same masked number: what stands here holds as long as none was registered for
   * the account's owner since, and {@linkplain Ledger#holds the hold} asks the database for that.
   */
  Optional<Beneficiary> beneficiary(Ledger.Key key, Seen seen, BeneficiaryReference reference) {
    if (reference instanceof BeneficiaryReference.ByNumber) {
      return Optional.empty(); // equal ones are sealed otherwise
    }
    Paid first = seen.first;
    return first != null && first.reference().equals(reference)
        ? Optional.of(first.beneficiary())
        : further.find(new Further(key, seen.account.registrations(), reference));
  }

  /** After a commit whose hold asked for the account's registrations. */
  void remember(
      Ledger.Key key, Seen seen, BeneficiaryReference reference, Beneficiary beneficiary) {
    if (reference instanceof BeneficiaryReference.ByNumber) {
      return;
    }
    if (seen.first == null) {
      seen.first = new Paid(reference, beneficiary);
    } else {
      further.put(new Further(key, seen.account.registrations(), reference), beneficiary);
    }
  }

  /** What was seen of an account may not be so. */
  void forget(Ledger.Key key) {
    accounts.forget(key);
  }
}

package dev.sluice.withdrawal;

import dev.sluice.beneficiary.Beneficiary;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.ledger.Account;
import dev.sluice.ledger.Ledger;
import dev.sluice.memory.Memory;
import java.util.Optional;

/**
 * Which beneficiary a reference meant when it was looked up last. A beneficiary never changes, but
 * a further one may have the same masked number: what stands here holds as long as its user has
 * registered none since, and {@linkplain Ledger#holds the hold} asks the database for that.
 */
final class RememberedBeneficiaries {
  private static final int MOST = 100_000;

  private final Memory<Key, Seen> seen = new Memory<>(MOST);

  private record Key(Ledger.Key account, BeneficiaryReference reference) {}

  private record Seen(Beneficiary beneficiary, long registrations) {}

  /** The one that was found before, unless its user had other registrations then. */
  Optional<Beneficiary> find(Ledger.Key owner, Account account, BeneficiaryReference reference) {
    if (reference instanceof BeneficiaryReference.ByNumber) {
      return Optional.empty();
    }
    return seen.find(new Key(owner, reference))
        .filter(found -> found.registrations == account.registrations())
        .map(Seen::beneficiary);
  }

  /** After a commit whose hold asked for the account's registrations. */
  void remember(
      Ledger.Key owner, Account account, BeneficiaryReference reference, Beneficiary beneficiary) {
    if (reference instanceof BeneficiaryReference.ByNumber) {
      return; // equal ones are sealed otherwise
    }
    seen.put(new Key(owner, reference), new Seen(beneficiary, account.registrations()));
  }
}

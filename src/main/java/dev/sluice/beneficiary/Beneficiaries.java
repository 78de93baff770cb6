package dev.sluice.beneficiary;

import dev.sluice.database.RoundTrip;
import dev.sluice.memory.Memory;
import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The beneficiaries of all users. */
public final class Beneficiaries {
  static final String SEAL_CONTEXT = "beneficiary";
  private static final Pattern MASKED = Pattern.compile("[A-Z0-9]{6}\\*{2,24}[A-Z0-9]{4}");

  /** Of how many beneficiaries an instance remembers what is shown: some 20 MB. */
  private static final int MOST_SHOWN = 100_000;

  private final Memory<UUID, Shown> shown = new Memory<>(MOST_SHOWN);
  private final BeneficiaryStore store;
  private final Vault vault;
  private final Clock clock;
  private final Ids ids;

  Beneficiaries(BeneficiaryStore store, Vault vault, Clock clock, Ids ids) {
    this.store = store;
    this.vault = vault;
    this.clock = clock;
    this.ids = ids;
  }

  /** A beneficiary, registered now or before. */
  public record Registered(Beneficiary beneficiary, boolean existed) {}

  /** Registers a number for a user; the same number again finds the first registration. */
  public Registered register(
      String userId, AccountNumber number, @Nullable String holderName, @Nullable String bank) {
    BeneficiaryReference.ByNumber reference = reference(number);
    UUID id = ids.next();
    Beneficiary stored =
        store
            .upsert(
                List.of(new BeneficiaryStore.NewRow(id, userId, reference, holderName, bank)),
                clock.instant())
            .getFirst()
            .beneficiary();
    return new Registered(stored, !stored.id().equals(id));
  }

  /** A user's beneficiaries, oldest first, at most 1,000. */
  public List<Beneficiary> list(String userId) {
    return store.byUser(userId);
  }

  /** Prepares a full number, encrypting it on the caller's thread. */
  public BeneficiaryReference.ByNumber reference(AccountNumber number) {
    return new BeneficiaryReference.ByNumber(
        number.kind(),
        vault.fingerprint("beneficiary", number.kind().name(), number.number()),
        number.masked(),
        new BeneficiaryReference.Sealed(vault.seal(number.number(), SEAL_CONTEXT)));
  }

  /**
   * Reads what a request calls its bank account: a full card number or IBAN, or a masked one with
   * its first 6 and last 4 characters.
   *
   * @throws IllegalArgumentException with a message for the caller
   */
  public BeneficiaryReference parse(String text) {
    if (text.indexOf('*') >= 0) {
      if (!MASKED.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "a masked number has its first 6 and last 4 characters, with stars between");
      }
      return new BeneficiaryReference.ByMask(
          text.substring(0, 6) + "******" + text.substring(text.length() - 4));
    }
    return reference(AccountNumber.cardOrIban(text));
  }

  /** A user and what the request said. */
  public record Wanted(String userId, BeneficiaryReference reference) {}

  /** What a reference came to. */
  public sealed interface Resolution {
    /** Exactly this one. */
    record Found(Beneficiary beneficiary) implements Resolution {}

    /** A full number that isn't registered: {@link Beneficiaries#add} does, once it is needed. */
    record New(BeneficiaryReference.ByNumber number) implements Resolution {}

    /** None. */
    record Missing() implements Resolution {}

    /** More than one has this masked number. */
    record Ambiguous() implements Resolution {}
  }

  /** Resolves a batch of references, in order, with a query for each kind that there is. */
  public Supplier<List<Resolution>> resolve(RoundTrip trip, List<Wanted> wanted) {
    Supplier<Map<Sought, List<Beneficiary>>> found =
        store.find(trip, wanted.stream().map(Beneficiaries::sought).distinct().toList());
    return () -> {
      Map<Sought, List<Beneficiary>> all = found.get();
      return wanted.stream()
          .map(w -> resolution(w.reference(), all.getOrDefault(sought(w), List.of())))
          .toList();
    };
  }

  private static Sought sought(Wanted wanted) {
    return switch (wanted.reference()) {
      case BeneficiaryReference.ById(UUID id) -> new Sought.ById(wanted.userId(), id);
      case BeneficiaryReference.ByMask(String masked) -> new Sought.ByMask(wanted.userId(), masked);
      case BeneficiaryReference.ByNumber number ->
          new Sought.ByFingerprint(wanted.userId(), number.fingerprint());
    };
  }

  private static Resolution resolution(BeneficiaryReference reference, List<Beneficiary> found) {
    return switch (found.size()) {
      case 0 ->
          reference instanceof BeneficiaryReference.ByNumber number
              ? new Resolution.New(number)
              : new Resolution.Missing();
      case 1 -> new Resolution.Found(found.getFirst());
      default -> new Resolution.Ambiguous();
    };
  }

  /** In the caller's transaction: registers full numbers, each once, and returns them in order. */
  public List<Beneficiary> add(List<Wanted> numbers) {
    if (numbers.isEmpty()) {
      return List.of();
    }
    Map<UserNumber, BeneficiaryStore.NewRow> rows = new HashMap<>();
    List<UserNumber> keys = new ArrayList<>();
    for (Wanted wanted : numbers) {
      if (!(wanted.reference() instanceof BeneficiaryReference.ByNumber number)) {
        throw new IllegalArgumentException("only a full number can be registered");
      }
      UserNumber key = new UserNumber(wanted.userId(), number.fingerprint());
      keys.add(key);
      rows.putIfAbsent(
          key, new BeneficiaryStore.NewRow(ids.next(), wanted.userId(), number, null, null));
    }
    Map<UserNumber, Beneficiary> stored = new HashMap<>();
    for (BeneficiaryStore.Stored row : store.upsert(List.copyOf(rows.values()), clock.instant())) {
      stored.put(new UserNumber(row.beneficiary().userId(), row.fingerprint()), row.beneficiary());
    }
    return keys.stream().map(stored::get).toList();
  }

  private record UserNumber(String userId, UUID fingerprint) {}

  /** What an order shows of its beneficiary. */
  public record Shown(AccountNumber.Kind kind, String masked) {}

  /**
   * What is shown of these beneficiaries. It never changes, as the database sees to, so what an
   * instance has read once it doesn't read again.
   */
  public Map<UUID, Shown> shown(Collection<UUID> beneficiaryIds) {
    Map<UUID, Shown> found = new HashMap<>();
    Set<UUID> unknown = new HashSet<>();
    for (UUID id : beneficiaryIds) {
      if (!found.containsKey(id)) {
        shown.find(id).ifPresentOrElse(known -> found.put(id, known), () -> unknown.add(id));
      }
    }
    if (!unknown.isEmpty()) {
      store
          .byIds(unknown)
          .forEach(
              read -> {
                Shown told = new Shown(read.kind(), read.masked());
                shown.put(read.id(), told);
                found.put(read.id(), told);
              });
    }
    return found;
  }

  /** A beneficiary with its full number, for a channel. */
  public record Revealed(Beneficiary beneficiary, AccountNumber number) {}

  /** Opens the numbers of these beneficiaries, for paying them. */
  public Map<UUID, Revealed> reveal(Collection<UUID> beneficiaryIds) {
    Map<UUID, Revealed> revealed = new HashMap<>();
    for (BeneficiaryStore.SealedRow row : store.sealed(beneficiaryIds)) {
      String number = vault.openText(row.sealed(), SEAL_CONTEXT);
      revealed.put(
          row.beneficiary().id(),
          new Revealed(row.beneficiary(), new AccountNumber(row.beneficiary().kind(), number)));
    }
    return revealed;
  }
}

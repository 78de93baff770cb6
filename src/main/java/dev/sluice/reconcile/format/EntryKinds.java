package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a provider's words for an entry's business mean, with what the operator adds to them. */
final class EntryKinds {
  private final Map<String, Kind> known = new HashMap<>();

  EntryKinds(Set<String> paid, Set<String> returned, Set<String> fees, Map<String, Kind> own) {
    paid.forEach(w -> known.put(w, Kind.PAID));
    returned.forEach(w -> known.put(w, Kind.RETURNED));
    fees.forEach(w -> known.put(w, Kind.FEE));
    known.putAll(own);
  }

  /** What the word means; null if nobody has said. */
  @Nullable Kind of(String word) {
    return known.get(word);
  }

  /**
   * What an entry of these words is, by its direction: what is paid leaves the account, and what
   * comes in under the same word came back.
   *
   * @param out whether the money left the account
   * @param otherOut what an unknown word is if the money left
   */
  Kind of(String word, boolean out, Kind otherOut) {
    Kind said = of(word);
    if (said == null) {
      return out ? otherOut : Kind.OTHER;
    }
    return switch (said) {
      case PAID -> out ? Kind.PAID : Kind.RETURNED;
      case RETURNED -> out ? Kind.OTHER : Kind.RETURNED;
      case FEE -> out ? Kind.FEE : Kind.OTHER;
      case REFUSED, OTHER -> said;
    };
  }
}

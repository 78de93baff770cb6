package dev.sluice.beneficiary;

import java.util.Arrays;
import java.util.UUID;

/** How a request names the beneficiary. */
public sealed interface BeneficiaryReference {

  /** By the id of a registered one. */
  record ById(UUID id) implements BeneficiaryReference {}

  /** By a masked number, which must match exactly one registered beneficiary of the user. */
  record ByMask(String masked) implements BeneficiaryReference {}

  /** By the full number, prepared for storing: it is registered if it isn't yet. */
  record ByNumber(AccountNumber.Kind kind, UUID fingerprint, String masked, Sealed sealed)
      implements BeneficiaryReference {}

  /** An encrypted number. */
  record Sealed(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Sealed s && Arrays.equals(bytes, s.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Sealed[" + bytes.length + " bytes]";
    }
  }
}

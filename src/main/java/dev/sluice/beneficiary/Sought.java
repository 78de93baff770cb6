package dev.sluice.beneficiary;

import java.util.UUID;

/** By what a beneficiary of a user is looked up. */
sealed interface Sought {
  /** Whose it must be. */
  String userId();

  /** By its id. */
  record ById(String userId, UUID id) implements Sought {}

  /** By the keyed hash of its number. */
  record ByFingerprint(String userId, UUID fingerprint) implements Sought {}

  /** By its masked number, which several may share. */
  record ByMask(String userId, String masked) implements Sought {}
}

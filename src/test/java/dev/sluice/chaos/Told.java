package dev.sluice.chaos;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a client was told of one withdrawal: one key, one user, one amount. */
final class Told {
  final String key;
  final String user;
  final String masked;
  final String amount;

  /** Whether the user has by far too little, so that it must be refused. */
  final boolean tooMuch;

  /** Ids that 2xx answers named; more than one is a broken promise. */
  final Set<String> ids = ConcurrentHashMap.newKeySet();

  /** Final states that answers named. */
  final Set<String> finals = ConcurrentHashMap.newKeySet();

  private volatile @Nullable String refused;
  private volatile boolean unsure;

  Told(String key, String user, String masked, String amount, boolean tooMuch) {
    this.key = key;
    this.user = user;
    this.masked = masked;
    this.amount = amount;
    this.tooMuch = tooMuch;
  }

  /** Whether it has been told that it is accepted, or why not. */
  boolean isAnswered() {
    return !ids.isEmpty() || refused != null;
  }

  /** The code of a definite refusal, or null. */
  @Nullable String refused() {
    return refused;
  }

  /** Whether some request got no answer, so that one that was refused later may have been done. */
  boolean isUnsure() {
    return unsure;
  }

  void refused(String code) {
    refused = code;
  }

  void unsure() {
    unsure = true;
  }

  /** Notes a state that an answer named. */
  void state(String status) {
    switch (status) {
      case "SUCCESS", "FAILED", "CANCELLED", "REFUNDED" -> finals.add(status);
      default -> {}
    }
  }
}

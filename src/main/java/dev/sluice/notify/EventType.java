package dev.sluice.notify;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What an endpoint can be told of: the final states of a withdrawal, and a later return. */
public enum EventType {
  /** The money arrived, as far as the channel says, provably. */
  WITHDRAWAL_SUCCEEDED("withdrawal.succeeded"),
  /** Definitely not paid; the held funds are available again. */
  WITHDRAWAL_FAILED("withdrawal.failed"),
  /** Cancelled before the first attempt; the held funds are available again. */
  WITHDRAWAL_CANCELLED("withdrawal.cancelled"),
  /** The bank sent the money back after success; what came back is available again. */
  WITHDRAWAL_REFUNDED("withdrawal.refunded");

  private final String wireName;

  EventType(String wireName) {
    this.wireName = wireName;
  }

  /** The name in requests, notices and bodies. */
  public String wireName() {
    return wireName;
  }

  /** The type of this name, if there is one. */
  public static Optional<EventType> of(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName.equals(wireName)).findFirst();
  }

  /** All names, in the order in which documents list them. */
  public static List<String> wireNames() {
    return Arrays.stream(values()).map(EventType::wireName).toList();
  }
}

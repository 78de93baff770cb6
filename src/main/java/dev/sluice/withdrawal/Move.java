package dev.sluice.withdrawal;

import org.jspecify.annotations.Nullable;

/**
 * A move of a locked order.
 *
 * @param order as it was locked
 * @param to where it goes
 * @param reason why, for history and API, or null if the state says it all
 * @param actor who: {@code system}, {@code channel:<name>} or a token's subject
 */
public record Move(Withdrawal order, WithdrawalState to, @Nullable String reason, String actor) {

  public Move {
    if (!order.status().next().contains(to)) {
      throw new IllegalArgumentException(
          "%s may not go from %s to %s".formatted(order.id(), order.status(), to));
    }
  }
}

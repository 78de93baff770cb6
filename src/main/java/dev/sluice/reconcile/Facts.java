package dev.sluice.reconcile;

import dev.sluice.money.Money;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known around a day: all that its breaks follow from.
 *
 * @param days the days that have a statement
 * @param linked attempts that lines around the day name, in whichever version of their file: all
 *     that is known of these is here
 * @param unconfirmed by attempt: the run of its own day, whose statement doesn't confirm it
 *     outright
 */
record Facts(
    List<Line> lines,
    Map<UUID, Unconfirmed> unconfirmed,
    Map<UUID, Ours> ours,
    Set<LocalDate> days,
    Set<UUID> linked) {

  /** A line that doesn't match outright. */
  record Line(
      UUID runId,
      LocalDate day,
      int number,
      UUID identity,
      Kind kind,
      @Nullable UUID attemptId,
      @Nullable String requestText,
      @Nullable String reference,
      Money amount,
      ShownNumber shown,
      @Nullable Instant bookedAt,
      @Nullable UUID matched) {

    enum Kind {
      PAID,
      REFUSED,
      RETURNED
    }
  }

  record Unconfirmed(UUID runId, LocalDate day) {}

  /**
   * Our side.
   *
   * @param createdAt when it was first sent
   * @param updatedAt of a paid one: when we learned that it was
   * @param reference the channel's transaction id
   * @param refunded what came back, if it was returned
   * @param receivable whether a late success of its order was booked
   */
  record Ours(
      UUID attemptId,
      UUID withdrawalId,
      State state,
      WithdrawalState order,
      Money amount,
      String masked,
      Instant createdAt,
      Instant updatedAt,
      @Nullable String reference,
      @Nullable Money refunded,
      boolean receivable) {

    enum State {
      LIVE,
      PAID,
      REFUSED
    }
  }
}

package dev.sluice.payout;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One instruction to one channel under one request number of ours, written down before it is sent.
 *
 * @param number counts the attempts of an order from 1
 * @param request what is sent, encrypted
 * @param sends how often it was sent, always the same bytes
 * @param queries how often the channel was asked about it
 * @param sentAt when it was sent last
 * @param dueAt when to ask the channel next; null once it is final or a person has it
 */
public record PayoutAttempt(
    UUID id,
    UUID withdrawalId,
    int number,
    String channel,
    byte[] request,
    State state,
    @Nullable String code,
    @Nullable String channelReference,
    int sends,
    int queries,
    Instant sentAt,
    @Nullable Instant dueAt,
    Instant createdAt,
    Instant updatedAt) {

  /** What we know of it. */
  public enum State {
    /** Written and perhaps sent; nothing came back yet. */
    SENT,
    /** The channel has taken it. */
    ACCEPTED,
    /** What came back tells nothing definite. */
    UNKNOWN,
    /** The channel paid. Final. */
    PAID,
    /** The channel has not paid and never will. Final. */
    REFUSED;

    /** Whether it may still pay. */
    public boolean isLive() {
      return this != PAID && this != REFUSED;
    }
  }

  @Override
  public String toString() {
    return "PayoutAttempt[%s, %s, %s]".formatted(id, channel, state);
  }
}

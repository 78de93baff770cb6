package dev.sluice.payout;

import java.time.Instant;
import java.util.UUID;

/**
 * A final attempt of which its channel says one thing and then another; the channel is being asked.
 *
 * @param detail what was said, for people
 * @param asked how often the channel was asked about it
 * @param openedAt only what it is asked after this settles anything
 */
record Contradiction(
    UUID attemptId, UUID withdrawalId, String channel, String detail, int asked, Instant openedAt) {

  /** So often a channel is asked before a person gets it. */
  static final int MOST_QUESTIONS = 5;

  /** How it ended. */
  enum End {
    SETTLED,
    WITH_A_PERSON
  }
}

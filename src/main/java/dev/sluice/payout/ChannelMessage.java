package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a channel told, whichever way it came: the one form in which outcomes reach settlement.
 *
 * @param attemptId the attempt it is about
 * @param withdrawalId its order, if known already
 * @param code the provider's code or status
 * @param dedup keyed hash of what came; a message with the same one was taken already. Null for
 *     answers to our own questions
 * @param raw the bytes as received, encrypted; null for answers to our own questions
 * @param askedAt when we sent what this answers; when it came, for what came by itself
 */
record ChannelMessage(
    UUID id,
    String channel,
    Source source,
    UUID attemptId,
    @Nullable UUID withdrawalId,
    ChannelEvent event,
    String code,
    @Nullable UUID dedup,
    byte @Nullable [] raw,
    Instant askedAt,
    Instant receivedAt) {

  /** How it came. */
  enum Source {
    REPLY,
    QUERY,
    CALLBACK,
    STATEMENT
  }

  @Override
  public String toString() {
    return "ChannelMessage[%s, %s, %s, %s]".formatted(channel, source, attemptId, code);
  }
}

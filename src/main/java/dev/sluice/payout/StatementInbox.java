package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Takes what channels' statements tell about attempts, into the one inbox of outcomes. */
public final class StatementInbox {
  /** Messages in one commit. */
  public static final int MOST_AT_ONCE = 500;

  private final Inbox inbox;
  private final Vault vault;
  private final Clock clock;
  private final Ids ids;

  StatementInbox(Inbox inbox, Vault vault, Clock clock, Ids ids) {
    this.inbox = inbox;
    this.vault = vault;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * What a line of a statement tells.
   *
   * @param line the line's identity: told twice, it is one message
   * @param code the line's status in the channel's words
   */
  public record Told(String channel, UUID attemptId, ChannelEvent event, String code, UUID line) {}

  /**
   * Applies up to {@link #MOST_AT_ONCE} messages in one commit. What was told before does nothing,
   * so a caller that doesn't learn the outcome tells it again.
   */
  public void tell(List<Told> lines) {
    if (lines.size() > MOST_AT_ONCE) {
      throw new IllegalArgumentException("at most " + MOST_AT_ONCE + " at once");
    }
    if (!lines.isEmpty()) {
      inbox.takeAll(lines.stream().map(this::message).toList());
    }
  }

  private ChannelMessage message(Told told) {
    Instant now = clock.instant();
    return new ChannelMessage(
        ids.next(),
        told.channel(),
        ChannelMessage.Source.STATEMENT,
        told.attemptId(),
        null,
        told.event(),
        told.code(),
        dedup(told),
        null,
        now,
        now);
  }

  /** A return counts once by its own reference, whether callback or statement tells it first. */
  private UUID dedup(Told told) {
    return told.event() instanceof ChannelEvent.Returned(var ignored, String reference)
        ? vault.fingerprint("return", told.channel(), reference)
        : vault.fingerprint("statement", told.channel(), told.line().toString());
  }
}

package dev.sluice.payout;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes channels' callbacks: verified over their raw bytes, stored, then acknowledged. */
public final class CallbackInbox {
  static final String SEAL_CONTEXT = "callback";
  private static final Logger log = LoggerFactory.getLogger(CallbackInbox.class);

  private final ChannelRouter router;
  private final Inbox inbox;
  private final Vault vault;
  private final Clock clock;
  private final Ids ids;

  CallbackInbox(ChannelRouter router, Inbox inbox, Vault vault, Clock clock, Ids ids) {
    this.router = router;
    this.inbox = inbox;
    this.vault = vault;
    this.clock = clock;
    this.ids = ids;
  }

  /** What to answer. */
  public sealed interface Receipt {
    /** It is stored, now or before: the channel needn't send it again. */
    record Stored(CallbackReply reply) implements Receipt {}

    /** It is not proven to be the channel's; nothing was stored. */
    record Rejected(String reason, CallbackReply reply) implements Receipt {}

    /** There's no such channel. */
    record NoSuchChannel() implements Receipt {}
  }

  /** Verifies and stores a callback; on return it is committed. */
  public Receipt receive(String channelName, RawCallback callback) {
    return switch (read(channelName, callback)) {
      case Read.Refused(Receipt receipt) -> receipt;
      case Read.Verified(ChannelMessage message, CallbackReply reply) -> {
        inbox.take(message);
        yield new Receipt.Stored(reply);
      }
    };
  }

  /** What a callback is, before anything is stored. */
  sealed interface Read {
    /** The channel's own. */
    record Verified(ChannelMessage message, CallbackReply reply) implements Read {}

    /** Not to be stored. */
    record Refused(Receipt receipt) implements Read {}
  }

  Read read(String channelName, RawCallback callback) {
    Optional<Channel> channel = router.channel(channelName);
    if (channel.isEmpty()) {
      return new Read.Refused(new Receipt.NoSuchChannel());
    }
    return switch (channel.get().verify(callback)) {
      case CallbackVerdict.Rejected(String reason) -> {
        log.atWarn().addKeyValue("channel", channelName).log("a callback was rejected: {}", reason);
        yield new Read.Refused(new Receipt.Rejected(reason, channel.get().reply(false)));
      }
      case CallbackVerdict.Verified(String number, ChannelEvent event, String code) ->
          attemptId(number)
              .<Read>map(
                  id ->
                      new Read.Verified(
                          message(channelName, id, event, code, callback.body()),
                          channel.get().reply(true)))
              .orElseGet(
                  () ->
                      new Read.Refused(
                          new Receipt.Rejected(
                              "the request number is not one of ours",
                              channel.get().reply(false))));
    };
  }

  /** Takes what was fetched from a provider, verified as a callback is; false if it isn't ours. */
  boolean takeFetched(String channelName, CallbackVerdict.Verified verified, byte[] evidence) {
    Optional<UUID> attempt = attemptId(verified.requestNumber());
    attempt.ifPresent(
        id -> inbox.take(message(channelName, id, verified.event(), verified.code(), evidence)));
    return attempt.isPresent();
  }

  private ChannelMessage message(
      String channelName, UUID attempt, ChannelEvent event, String code, byte[] evidence) {
    Instant now = clock.instant();
    return new ChannelMessage(
        ids.next(),
        channelName,
        ChannelMessage.Source.CALLBACK,
        attempt,
        null,
        event,
        code,
        dedup(channelName, event, evidence),
        vault.seal(evidence, SEAL_CONTEXT),
        now,
        now);
  }

  /** A return counts once by its own reference, however it is worded; all else by its bytes. */
  private UUID dedup(String channel, ChannelEvent event, byte[] evidence) {
    return event instanceof ChannelEvent.Returned(var ignored, String reference)
        ? vault.fingerprint("return", channel, reference)
        : vault.fingerprint("callback", channel, vault.fingerprint(evidence).toString());
  }

  private static Optional<UUID> attemptId(String number) {
    try {
      return Optional.of(Ids.fromRequestNumber(number));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

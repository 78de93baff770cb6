package dev.sluice.api;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/**
 * A channel without a bank behind it, for tests of what stands in front: it takes every EUR order
 * and reports nothing; its callbacks prove themselves by a header and hold a request number.
 */
final class StandInChannel implements Channel {
  volatile boolean reachable = true;

  @Override
  public String name() {
    return "standin";
  }

  @Override
  public ChannelLimits limits() {
    return new ChannelLimits(
        Set.of("EUR"),
        Set.of("CARD", "IBAN"),
        1,
        1_000_000_000,
        8,
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        Duration.ofDays(1),
        true);
  }

  @Override
  public byte[] prepare(PayoutInstruction instruction) {
    return new byte[] {1};
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    return new Outcome.Accepted(null);
  }

  @Override
  public Outcome query(String requestNumber) {
    return new Outcome.Accepted(null);
  }

  @Override
  public CallbackVerdict verify(RawCallback callback) {
    return "right".equals(callback.header("X-Proof"))
        ? new CallbackVerdict.Verified(
            new String(callback.body(), StandardCharsets.UTF_8),
            new ChannelEvent.Reported(new Outcome.Paid(null, null, "ref-1")),
            "PAID")
        : new CallbackVerdict.Rejected("no proof");
  }

  @Override
  public boolean reachable() {
    return reachable;
  }
}

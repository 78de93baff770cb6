package dev.sluice.channel;

import dev.sluice.money.Money;
import java.util.Optional;

/**
 * A provider that pays out. Implementations are stateless towards orders, thread-safe, hold no
 * database connection, bound their own time, and never throw for what a provider or network does:
 * that is {@link Outcome.Unknown}.
 */
public interface Channel {

  /** The channel's name: {@code [a-z0-9-]{1,32}}, in callbacks' URLs and ledger accounts. */
  String name();

  /** What the channel takes and how long to wait for it. */
  ChannelLimits limits();

  /**
   * Builds the exact request. It is stored before the first send, and each send sends these bytes.
   * No network.
   */
  byte[] prepare(PayoutInstruction instruction);

  /** Sends a prepared request. */
  Outcome instruct(String requestNumber, byte[] request);

  /** Asks what became of a request number. */
  Outcome query(String requestNumber);

  /** Verifies a callback over its raw bytes and reads it. */
  CallbackVerdict verify(RawCallback callback);

  /**
   * What to answer a callback with, so that the provider sends it again or lets it be.
   *
   * @param received true if it was verified and is stored; false if nothing was
   */
  default CallbackReply reply(boolean received) {
    return received ? CallbackReply.text(200, "RECEIVED") : CallbackReply.text(401, "REJECTED");
  }

  /**
   * Fetches what the provider has left for us, if that is how it tells. Bounded in time and amount;
   * the same again until it is acknowledged.
   */
  default Polled poll() {
    return Polled.NOTHING;
  }

  /**
   * What was polled is committed: the provider needn't show it again. Any number of times has one
   * effect.
   *
   * @param token of a {@link Polled.Delivery}
   * @return false if the provider couldn't be told; the delivery will come again
   */
  default boolean acknowledge(String token) {
    return true;
  }

  /** Whether the channel can be reached, for health; cheap and bounded in time. */
  boolean reachable();

  /**
   * What the channel has left to pay out of; empty if it can't be asked, or gave no proven answer.
   * Network, bounded in time: routing keeps the answer and never asks while it chooses.
   */
  default Optional<Money> funds(String currency) {
    return Optional.empty();
  }
}

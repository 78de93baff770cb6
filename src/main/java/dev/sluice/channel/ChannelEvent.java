package dev.sluice.channel;

import dev.sluice.money.Money;

/** What a channel's message tells, whichever way it came. */
public sealed interface ChannelEvent {

  /** The outcome of an attempt. */
  record Reported(Outcome outcome) implements ChannelEvent {}

  /**
   * The bank sent the money back after success.
   *
   * @param amount what came back, sometimes less a fee
   * @param reference the channel's id of this return: the same return is booked once
   */
  record Returned(Money amount, String reference) implements ChannelEvent {}
}

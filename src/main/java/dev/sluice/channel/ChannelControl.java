package dev.sluice.channel;

import java.time.Instant;

/**
 * What a person says of a channel.
 *
 * @param reason the person's words
 * @param actor who
 */
public record ChannelControl(String channel, Mode mode, String reason, String actor, Instant at) {

  /** Who decides. */
  public enum Mode {
    /** The error rate. */
    AUTO,
    /** No new order goes there. */
    PAUSED,
    /** Every order that it can take goes there, whatever the error rate. */
    PINNED
  }
}

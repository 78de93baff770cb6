package dev.sluice.channel;

/** What became of a callback's check. */
public sealed interface CallbackVerdict {

  /**
   * It is the channel's own.
   *
   * @param requestNumber the attempt it is about
   * @param event what it tells
   * @param code the provider's status or code, for the log and timeline
   */
  record Verified(String requestNumber, ChannelEvent event, String code)
      implements CallbackVerdict {}

  /**
   * Not proven to be the channel's: nothing is stored or changed.
   *
   * @param reason in words, without secrets
   */
  record Rejected(String reason) implements CallbackVerdict {}
}

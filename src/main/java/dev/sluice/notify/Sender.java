package dev.sluice.notify;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sends one notice to one endpoint, once. Over HTTP, or into a simulated world. */
public interface Sender {
  /**
   * Signs and sends. Blocks for as long as the settings' deadline allows.
   *
   * @param sealedSecret the endpoint's secret as the vault sealed it
   * @param eventId the {@code webhook-id}
   */
  Answer send(String url, byte[] sealedSecret, UUID eventId, String body);

  /** What came back. */
  sealed interface Answer {
    /**
     * An HTTP status.
     *
     * @param retryAfter how long the endpoint asked to be left alone, if it did
     */
    record Answered(int status, @Nullable Duration retryAfter) implements Answer {}

    /**
     * No status, so nobody knows whether it arrived.
     *
     * @param why in a few words, without address, URL or secret
     */
    record NotAnswered(String why) implements Answer {}
  }
}

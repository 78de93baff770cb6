package dev.sluice.channel.bankfile;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Polled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one file of the bank tells.
 *
 * @param items what it says of payments that carry one of our request numbers
 * @param flaw what could not be read or believed, or null
 */
record Told(List<Item> items, @Nullable String flaw) {

  Told {
    items = List.copyOf(items);
  }

  /** A file that tells nothing. */
  static Told unreadable(String flaw) {
    return new Told(List.of(), flaw);
  }

  /**
   * What it says of one payment.
   *
   * @param code the bank's status and reason
   * @param place which one it is in its file, so that two alike are told apart
   */
  record Item(String requestNumber, ChannelEvent event, String code, String place) {

    /** As polled; the evidence holds the masked account only. */
    Polled.Message message(String file) {
      String words = String.join("\n", file, place, requestNumber, code, event.toString());
      return new Polled.Message(
          new CallbackVerdict.Verified(requestNumber, event, code),
          words.getBytes(StandardCharsets.UTF_8));
    }
  }
}

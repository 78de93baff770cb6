package dev.sluice.channel;

import dev.sluice.channel.Outcome.Unknown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a provider had left for us to fetch.
 *
 * @param deliveries oldest first; each stays with the provider, and comes again, until it is
 *     acknowledged
 * @param failure why there may be more that couldn't be fetched, or null
 * @param more whether it stopped at a bound, so that asking again at once is worth it
 */
public record Polled(List<Delivery> deliveries, @Nullable Unknown failure, boolean more) {
  /** Nothing, as of a provider that calls back. */
  public static final Polled NOTHING = new Polled(List.of(), null, false);

  public Polled {
    deliveries = List.copyOf(deliveries);
  }

  /**
   * One file, or the like.
   *
   * @param token to acknowledge it with, after the messages are committed
   * @param messages in their order; none if the file says nothing of our payouts
   * @param flaw what in it could not be read or believed, for a person to look at, or null; the
   *     messages beside it are good
   */
  public record Delivery(String token, List<Message> messages, @Nullable String flaw) {

    public Delivery {
      messages = List.copyOf(messages);
    }
  }

  /**
   * One thing told, verified as a callback is.
   *
   * @param evidence the words it rests on, the same bytes each time it is fetched: store them, and
   *     take two with the same bytes for one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Message(CallbackVerdict.Verified verified, byte[] evidence) {}
}

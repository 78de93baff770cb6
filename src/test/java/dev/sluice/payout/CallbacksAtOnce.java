package dev.sluice.payout;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.RawCallback;
import dev.sluice.queue.GroupCommit;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands several callbacks to the inbox at once, so that they share a commit as they do when they
 * come in on many threads: a simulated history has only one.
 */
public final class CallbacksAtOnce {
  private CallbacksAtOnce() {}

  /** A callback and the channel to whose address it came. */
  public record Arrived(String channel, RawCallback callback) {}

  /**
   * Returns what to answer to each, in order; null where it isn't known and nothing is answered.
   */
  public static List<CallbackInbox.Receipt> receive(Payouts payouts, List<Arrived> arrived) {
    List<CallbackInbox.Receipt> receipts = new ArrayList<>();
    List<ChannelMessage> messages = new ArrayList<>();
    List<CallbackReply> replies = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (Arrived one : arrived) {
      switch (payouts.callbacks().read(one.channel(), one.callback())) {
        case CallbackInbox.Read.Refused(CallbackInbox.Receipt receipt) -> receipts.add(receipt);
        case CallbackInbox.Read.Verified(ChannelMessage message, CallbackReply reply) -> {
          replies.add(reply);
          places.add(receipts.size());
          receipts.add(null);
          messages.add(message);
        }
      }
    }
    @SuppressWarnings("unchecked") // the inbox's own
    GroupCommit<ChannelMessage, Settlement.Receipt> commit =
        (GroupCommit<ChannelMessage, Settlement.Receipt>) payouts.inboxCommit();
    List<GroupCommit.Submitted<Settlement.Receipt>> taken = commit.submitAll(messages, m -> 0);
    for (int i = 0; i < taken.size(); i++) {
      if (taken.get(i) instanceof GroupCommit.Submitted.Answered<Settlement.Receipt>) {
        receipts.set(places.get(i), new CallbackInbox.Receipt.Stored(replies.get(i)));
      }
    }
    return receipts;
  }
}

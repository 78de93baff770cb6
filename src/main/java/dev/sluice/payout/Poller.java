package dev.sluice.payout;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Polled;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Fetches what providers leave for us instead of calling back. A delivery is acknowledged only
 * after all of its messages are committed; until then it comes again, and the inbox takes each
 * once.
 */
final class Poller {
  private static final Logger log = LoggerFactory.getLogger(Poller.class);

  private final ChannelRouter router;
  private final CallbackInbox inbox;
  private final ReviewCases reviews;
  private final PayoutMetrics metrics;
  private final TransactionOperations transactions;
  private final Clock clock;

  Poller(
      ChannelRouter router,
      CallbackInbox inbox,
      ReviewCases reviews,
      PayoutMetrics metrics,
      TransactionOperations transactions,
      Clock clock) {
    this.router = router;
    this.inbox = inbox;
    this.reviews = reviews;
    this.metrics = metrics;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** One step: returns how many deliveries were taken and acknowledged. */
  int runOnce() {
    int taken = 0;
    for (Channel channel : router.channels()) {
      try {
        Polled polled = channel.poll();
        if (polled.failure() != null) {
          log.warn("{} could not be polled: {}", channel.name(), polled.failure().code());
        }
        for (Polled.Delivery delivery : polled.deliveries()) {
          take(channel, delivery);
          taken += channel.acknowledge(delivery.token()) ? 1 : 0;
        }
      } catch (RuntimeException e) {
        // Nothing of it was acknowledged: it comes again. The other channels go on.
        log.error("what {} left could not be taken; it will come again", channel.name(), e);
      }
    }
    return taken;
  }

  private void take(Channel channel, Polled.Delivery delivery) {
    boolean allOurs = true;
    for (Polled.Message message : delivery.messages()) {
      allOurs &= inbox.takeFetched(channel.name(), message.verified(), message.evidence());
    }
    String flaw =
        delivery.flaw() == null && !allOurs ? "it names numbers not ours" : delivery.flaw();
    if (flaw != null) {
      transactions.executeWithoutResult(
          status ->
              reviews.open(
                  List.of(
                      new ReviewCases.Question(
                          null,
                          null,
                          ReviewCase.Kind.POISON,
                          "A delivery of channel %s could not be read in full: %s."
                              .formatted(channel.name(), flaw))),
                  clock.instant()));
      metrics.alarm(ReviewCase.Kind.POISON);
    }
  }
}

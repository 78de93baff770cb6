package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.queue.GroupCommit;
import dev.sluice.review.ReviewCase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The one inbox of outcomes: reply, callback, query result, statement line. Messages are applied by
 * group commit; one that can't be applied is kept and tried again, and after some tries a person
 * gets it, so that the rest flows.
 */
final class Inbox {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);
  private static final int SWEEP = 50;

  private final GroupCommit<ChannelMessage, Settlement.Receipt> commit;
  private final Settlement settlement;
  private final MessageStore messages;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Duration keptPause;
  private final int keptTries;
  private final Runnable afterCommit;

  Inbox(
      GroupCommit<ChannelMessage, Settlement.Receipt> commit,
      Settlement settlement,
      MessageStore messages,
      TransactionOperations transactions,
      Clock clock,
      PayoutSettings settings,
      Runnable afterCommit) {
    this.commit = commit;
    this.settlement = settlement;
    this.messages = messages;
    this.transactions = transactions;
    this.clock = clock;
    this.keptPause = settings.keptPause();
    this.keptTries = settings.keptTries();
    this.afterCommit = afterCommit;
  }

  /** Takes a message; on return it is committed, applied or kept. */
  Settlement.Receipt take(ChannelMessage message) {
    Settlement.Receipt receipt;
    try {
      receipt = commit.submit(message);
    } catch (GroupCommit.OutcomeUnknown e) {
      if (message.source() != ChannelMessage.Source.CALLBACK) {
        throw e; // an answer to our own question: the attempt is due again anyway
      }
      log.warn("a callback of {} could not be applied; it is kept", message.channel(), e);
      receipt = settlement.keep(message);
    }
    afterCommit.run();
    return receipt;
  }

  /** Takes a bounded batch in one commit, for a caller that will hand it in again if it fails. */
  List<Settlement.Receipt> takeAll(List<ChannelMessage> batch) {
    List<Settlement.Receipt> receipts = settlement.take(batch);
    afterCommit.run();
    return receipts;
  }

  /** One step: tries kept messages again, each in a transaction of its own. */
  int runOnce() {
    int progressed = 0;
    for (UUID id : messages.unapplied(clock.instant().minus(keptPause), SWEEP)) {
      try {
        progressed += Boolean.TRUE.equals(transactions.execute(s -> tryAgain(id))) ? 1 : 0;
      } catch (RuntimeException e) {
        log.warn("kept message {} failed again", id, e);
        transactions.executeWithoutResult(s -> messages.triedAgain(id));
      }
    }
    if (progressed > 0) {
      afterCommit.run();
    }
    return progressed;
  }

  private boolean tryAgain(UUID id) {
    Optional<MessageStore.Applied> locked = messages.lockUnapplied(id);
    if (locked.isEmpty()) {
      return false;
    }
    MessageStore.Applied kept = locked.get();
    if (kept.tries() >= keptTries) {
      boolean isReturn = kept.message().event() instanceof ChannelEvent.Returned;
      settlement.setAside(kept, isReturn ? ReviewCase.Kind.RETURN : ReviewCase.Kind.POISON);
      return true;
    }
    Map<UUID, Settlement.Receipt> receipts = settlement.takeAgain(List.of(kept.message()));
    if (receipts.get(id) == Settlement.Receipt.KEPT_FOR_LATER) {
      messages.triedAgain(id);
      return false;
    }
    return true;
  }
}

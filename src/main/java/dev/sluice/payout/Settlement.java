package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Outcome;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Applies a batch of messages in one transaction: locks the orders in sorted order, decides each
 * message in turn, and writes messages, attempts, transfers, moves, notifications and review cases
 * set-based. A message that was taken before does nothing.
 */
final class Settlement {
  private final AttemptStore attempts;
  private final MessageStore messages;
  private final ContradictionStore contradictions;
  private final Withdrawals withdrawals;
  private final ReviewCases reviews;
  private final ChannelRouter router;
  private final OutcomeRules rules;
  private final EffectWriter writer;
  private final PayoutMetrics metrics;
  private final TransactionOperations transactions;
  private final Clock clock;

  Settlement(
      AttemptStore attempts,
      MessageStore messages,
      ContradictionStore contradictions,
      Withdrawals withdrawals,
      ReviewCases reviews,
      ChannelRouter router,
      OutcomeRules rules,
      EffectWriter writer,
      PayoutMetrics metrics,
      TransactionOperations transactions,
      Clock clock) {
    this.attempts = attempts;
    this.messages = messages;
    this.contradictions = contradictions;
    this.withdrawals = withdrawals;
    this.reviews = reviews;
    this.router = router;
    this.rules = rules;
    this.writer = writer;
    this.metrics = metrics;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** What became of a message. */
  enum Receipt {
    APPLIED,
    DUPLICATE,
    KEPT_FOR_LATER
  }

  /** Takes messages, and answers each in order after the commit. */
  List<Receipt> take(List<ChannelMessage> batch) {
    List<Receipt> receipts =
        transactions.execute(
            status -> {
              Map<UUID, Receipt> byMessage = new HashMap<>();
              List<ChannelMessage> fresh = withoutDuplicates(batch, byMessage);
              apply(fresh, byMessage, false);
              return batch.stream()
                  .map(m -> Objects.requireNonNull(byMessage.get(m.id())))
                  .toList();
            });
    if (receipts == null) {
      throw new IllegalStateException("a batch always has its receipts");
    }
    return receipts;
  }

  /** In the caller's transaction: applies messages that were kept, marking each that succeeds. */
  Map<UUID, Receipt> takeAgain(List<ChannelMessage> kept) {
    Map<UUID, Receipt> byMessage = new HashMap<>();
    apply(kept, byMessage, true);
    return byMessage;
  }

  private List<ChannelMessage> withoutDuplicates(
      List<ChannelMessage> batch, Map<UUID, Receipt> receipts) {
    Set<UUID> seen =
        new HashSet<>(
            messages.taken(
                batch.stream().map(ChannelMessage::dedup).filter(Objects::nonNull).toList()));
    List<ChannelMessage> fresh = new ArrayList<>(batch.size());
    for (ChannelMessage message : batch) {
      if (message.dedup() == null || seen.add(message.dedup())) {
        fresh.add(message);
      } else {
        receipts.put(message.id(), Receipt.DUPLICATE);
      }
    }
    return fresh;
  }

  private void apply(List<ChannelMessage> fresh, Map<UUID, Receipt> receipts, boolean kept) {
    if (fresh.isEmpty()) {
      return;
    }
    Map<UUID, UUID> orderOf =
        attempts.withdrawalsOf(fresh.stream().map(ChannelMessage::attemptId).distinct().toList());
    // Locked once, for all rounds, in sorted order.
    Map<UUID, Withdrawal> orders = withdrawals.lock(Set.copyOf(orderOf.values()));
    if (fresh.size() > orders.size()) {
      // Several rounds: all accounts are locked before the first, so that their order holds, too.
      writer.lockAccounts(orders.values());
    }
    List<ChannelMessage> left = fresh;
    while (!left.isEmpty()) {
      left = round(left, orderOf, orders, receipts, kept);
      if (!left.isEmpty()) {
        orders = withdrawals.lock(orders.keySet());
      }
    }
  }

  /** Applies at most one message per order, and returns what is left for the next round. */
  private List<ChannelMessage> round(
      List<ChannelMessage> batch,
      Map<UUID, UUID> orderOf,
      Map<UUID, Withdrawal> orders,
      Map<UUID, Receipt> receipts,
      boolean kept) {
    Instant now = clock.instant();
    Map<UUID, List<PayoutAttempt>> attemptsOf = new HashMap<>();
    for (PayoutAttempt attempt : attempts.ofWithdrawals(orders.keySet())) {
      attemptsOf.computeIfAbsent(attempt.withdrawalId(), id -> new ArrayList<>(1)).add(attempt);
    }
    List<ChannelMessage> later = new ArrayList<>();
    Set<UUID> touched = new HashSet<>();
    EffectWriter.Work work = writer.begin(now);
    for (ChannelMessage message : batch) {
      UUID orderId = orderOf.get(message.attemptId());
      if (orderId == null) {
        work.unknownRequestNumber(message, kept);
        receipts.put(message.id(), Receipt.APPLIED);
      } else if (touched.add(orderId)) {
        List<PayoutAttempt> all = attemptsOf.getOrDefault(orderId, List.of());
        receipts.put(
            message.id(),
            applyOne(Objects.requireNonNull(orders.get(orderId)), all, message, work, kept));
      } else {
        later.add(message);
      }
    }
    work.write();
    return later;
  }

  private Receipt applyOne(
      Withdrawal order,
      List<PayoutAttempt> all,
      ChannelMessage message,
      EffectWriter.Work work,
      boolean kept) {
    PayoutAttempt attempt =
        all.stream()
            .filter(a -> a.id().equals(message.attemptId()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("an attempt belongs to its order"));
    if (!attempt.channel().equals(message.channel())) {
      work.foreign(order, attempt, message, kept);
      return Receipt.APPLIED;
    }
    boolean anotherMayPay =
        all.stream().anyMatch(a -> a != attempt && a.state() != PayoutAttempt.State.REFUSED);
    Contradiction open = contradictionAnsweredBy(message, attempt);
    Effect effect;
    if (open != null && message.event() instanceof ChannelEvent.Reported(Outcome answer)) {
      effect = rules.resolve(order, attempt, anotherMayPay, open, answer, clock.instant());
      work.answered(order, attempt, effect);
    } else if (isReturnOfWhatIsAskedAbout(order, attempt, message)) {
      effect = new Effect.Postpone("RETURN_BEFORE_THE_ANSWER");
    } else {
      ChannelLimits limits =
          router.channel(attempt.channel()).map(c -> c.limits()).orElse(PayoutMetrics.NO_LIMITS);
      effect = rules.decide(order, attempt, anotherMayPay, message, limits, clock.instant());
    }
    metrics.outcome(message, order.id(), effect);
    return work.add(order, all, attempt, message, effect, kept);
  }

  /** A channel that refused, said it paid, and returns it: what it paid is settled first. */
  private boolean isReturnOfWhatIsAskedAbout(
      Withdrawal order, PayoutAttempt attempt, ChannelMessage message) {
    return message.event() instanceof ChannelEvent.Returned
        && attempt.state() == PayoutAttempt.State.REFUSED
        && order.status() == WithdrawalState.PROCESSING
        && !contradictions.open(List.of(attempt.id())).isEmpty();
  }

  /** The contradiction that this is the channel's answer to, or null. */
  private @Nullable Contradiction contradictionAnsweredBy(
      ChannelMessage message, PayoutAttempt attempt) {
    if (attempt.state().isLive() || message.source() != ChannelMessage.Source.QUERY) {
      return null; // nearly always: final attempts aren't asked about otherwise
    }
    Contradiction open = contradictions.open(List.of(attempt.id())).get(attempt.id());
    return open == null || message.askedAt().isBefore(open.openedAt()) ? null : open;
  }

  /**
   * Keeps a message that could not be applied, so that it can be acknowledged: nothing that a
   * channel tells is lost.
   */
  Receipt keep(ChannelMessage message) {
    Receipt receipt =
        transactions.execute(
            status -> {
              if (message.dedup() != null && !messages.taken(List.of(message.dedup())).isEmpty()) {
                return Receipt.DUPLICATE;
              }
              UUID order =
                  attempts.withdrawalsOf(List.of(message.attemptId())).get(message.attemptId());
              messages.insert(
                  List.of(new MessageStore.Applied(message, order, null, 1)), clock.instant());
              return Receipt.KEPT_FOR_LATER;
            });
    return Objects.requireNonNull(receipt);
  }

  /** In the caller's transaction: gives a message that can't be applied to a person. */
  void setAside(MessageStore.Applied kept, ReviewCase.Kind kind) {
    messages.applied(kept.message().id(), "SET_ASIDE", clock.instant());
    reviews.open(
        List.of(
            new ReviewCases.Question(
                kept.withdrawalId(),
                kept.message().attemptId(),
                kind,
                "A %s of channel %s (%s) could not be applied."
                    .formatted(
                        kept.message().source(), kept.message().channel(), kept.message().code()))),
        clock.instant());
    metrics.alarm(kind);
  }
}

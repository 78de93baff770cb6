package dev.sluice.payout;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Outcome;
import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Asks about attempts whose outcome isn't known, under their own request number. If the channel has
 * never heard of one, pays a number only once, and may still take it, the same stored request is
 * sent again; a second number is never used. Asks, too, whoever contradicted himself.
 */
final class Recovery {
  private static final Logger logger = LoggerFactory.getLogger(Recovery.class);
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  private final AttemptStore attempts;
  private final ContradictionStore contradictions;
  private final CompensationStore log;
  private final TransactionOperations transactions;
  private final ChannelRouter router;
  private final ChannelCalls calls;
  private final Consumer<ChannelMessage> inbox;
  private final Vault vault;
  private final Clock clock;
  private final Ids ids;
  private final PayoutSettings settings;

  Recovery(
      AttemptStore attempts,
      ContradictionStore contradictions,
      CompensationStore log,
      TransactionOperations transactions,
      ChannelRouter router,
      ChannelCalls calls,
      Consumer<ChannelMessage> inbox,
      Vault vault,
      Clock clock,
      Ids ids,
      PayoutSettings settings) {
    this.attempts = attempts;
    this.contradictions = contradictions;
    this.log = log;
    this.transactions = transactions;
    this.router = router;
    this.calls = calls;
    this.inbox = inbox;
    this.vault = vault;
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
  }

  /** One step: returns how many attempts were asked about. */
  int runOnce() {
    return askAboutAttempts() + askAboutContradictions();
  }

  private int askAboutContradictions() {
    int limit = Math.min(settings.batch(), calls.free());
    if (limit == 0) {
      return 0;
    }
    Instant now = clock.instant();
    Instant lease = now.plus(longestCall().multipliedBy(2)).plus(LEASE_MARGIN);
    int asked = 0;
    for (Contradiction doubt : contradictions.claimDue(now, lease, limit)) {
      Optional<Channel> channel = router.channel(doubt.channel());
      if (channel.isEmpty()) {
        handAnswer(doubt, new Outcome.Unknown(Outcome.Why.NO_CONNECTION, "NOT_CONFIGURED"), now);
      } else if (calls.reserve(doubt.channel())) {
        calls.run(
            doubt.channel(),
            () -> {
              Instant before = clock.instant();
              String number = Ids.requestNumber(doubt.attemptId());
              handAnswer(
                  doubt,
                  calls.guarded(doubt.channel(), "query", () -> channel.get().query(number)),
                  before);
            });
        asked++;
      } else {
        contradictions.notAsked(doubt.attemptId(), now.plus(settings.noSlotPause()));
      }
    }
    return asked;
  }

  private void handAnswer(Contradiction doubt, Outcome answer, Instant asked) {
    inbox.accept(
        new ChannelMessage(
            ids.next(),
            doubt.channel(),
            ChannelMessage.Source.QUERY,
            doubt.attemptId(),
            doubt.withdrawalId(),
            new ChannelEvent.Reported(answer),
            code(answer),
            null,
            null,
            asked,
            clock.instant()));
  }

  private int askAboutAttempts() {
    int limit = Math.min(settings.batch(), calls.free());
    if (limit == 0) {
      return 0;
    }
    Instant now = clock.instant();
    // Long enough for a query and a second send; whoever dies meanwhile leaves it due again.
    Instant lease = now.plus(longestCall().multipliedBy(2)).plus(LEASE_MARGIN);
    List<PayoutAttempt> due = attempts.claimDue(now, lease, limit);
    int asked = 0;
    for (PayoutAttempt attempt : due) {
      Optional<Channel> channel = router.channel(attempt.channel());
      if (channel.isEmpty()) {
        logger.warn(
            "attempt {} went to channel {}, which is not configured any more",
            attempt.id(),
            attempt.channel());
      } else if (calls.reserve(attempt.channel())) {
        calls.run(attempt.channel(), () -> ask(attempt, channel.get()));
        asked++;
      }
    }
    return asked;
  }

  private Duration longestCall() {
    return router.channels().stream()
        .map(c -> c.limits().callTimeout())
        .max(Duration::compareTo)
        .orElse(Duration.ofSeconds(10));
  }

  private void ask(PayoutAttempt attempt, Channel channel) {
    Instant asked = clock.instant();
    String number = Ids.requestNumber(attempt.id());
    Outcome outcome = calls.guarded(channel.name(), "query", () -> channel.query(number));
    Instant sending = clock.instant();
    if (maySendAgain(attempt, channel, outcome, asked)
        && noteSendingAgain(attempt, sending)
        && !Dispatcher.isTooLate(sending, channel, clock.instant())) {
      byte[] request = vault.open(attempt.request(), Dispatcher.SEAL_CONTEXT);
      Outcome reply =
          calls.guarded(channel.name(), "instruct", () -> channel.instruct(number, request));
      hand(attempt, channel, ChannelMessage.Source.REPLY, reply, asked);
    } else {
      hand(attempt, channel, ChannelMessage.Source.QUERY, outcome, asked);
    }
  }

  /** On record before it is done; false if the attempt is final by now. */
  private boolean noteSendingAgain(PayoutAttempt attempt, Instant now) {
    return Boolean.TRUE.equals(
        transactions.execute(
            status -> {
              if (!attempts.sendAgain(attempt.id(), now)) {
                return false;
              }
              log.log(
                  List.of(
                      new CompensationStore.LogEntry(
                          ids.next(),
                          attempt.withdrawalId(),
                          CompensationStore.Direction.FORWARD,
                          "the same request again",
                          attempt.channel() + " has not heard of it",
                          now)));
              return true;
            }));
  }

  /**
   * Also long after it was sent: an outage, the channel's or ours, may have lasted longer than its
   * acceptance window, and is no reason to give an order up. A channel that dedupes pays one number
   * once, as long as it remembers the number at all.
   */
  private boolean maySendAgain(
      PayoutAttempt attempt, Channel channel, Outcome outcome, Instant asked) {
    return outcome instanceof Outcome.Unknown(Outcome.Why why, String ignored)
        && why == Outcome.Why.NOT_FOUND
        && channel.limits().dedupes()
        && attempt.state() != PayoutAttempt.State.ACCEPTED
        && attempt.sends() < settings.maxSends()
        && !OutcomeRules.isPastQueryWindow(attempt, channel.limits(), asked);
  }

  private void hand(
      PayoutAttempt attempt,
      Channel channel,
      ChannelMessage.Source source,
      Outcome outcome,
      Instant asked) {
    inbox.accept(
        new ChannelMessage(
            ids.next(),
            channel.name(),
            source,
            attempt.id(),
            attempt.withdrawalId(),
            new ChannelEvent.Reported(outcome),
            code(outcome),
            null,
            null,
            asked,
            clock.instant()));
  }

  static String code(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "ACCEPTED";
      case Outcome.Paid ignored -> "PAID";
      case Outcome.Refused(String code, String d, boolean b) -> code;
      case Outcome.Unknown(Outcome.Why why, String code) -> why + ":" + code;
    };
  }
}

package dev.sluice.payout;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.money.Money;
import dev.sluice.review.ReviewCase.Kind;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a message does. Pure: the same order, attempt, message and time give the same
 * effect.
 *
 * <p>Unknown is never failure: only {@link Outcome.Refused}, and "no such order" asked again after
 * the channel's acceptance window and within its query window, end an attempt without payment.
 */
final class OutcomeRules {
  static final String NO_SUCH_ORDER = "NO_SUCH_ORDER";
  private static final String REFUSED_THEN_PAID =
      "The channel refused, and then said it paid; the funds are still held.";
  private static final Outcome.Accepted NOTHING = new Outcome.Accepted(null);

  private final RetryPolicy retry;

  OutcomeRules(RetryPolicy retry) {
    this.retry = retry;
  }

  /**
   * What a message does.
   *
   * @param anotherMayPay whether another attempt of the order is live or has paid
   */
  Effect decide(
      Withdrawal order,
      PayoutAttempt attempt,
      boolean anotherMayPay,
      ChannelMessage message,
      ChannelLimits limits,
      Instant now) {
    return switch (message.event()) {
      case ChannelEvent.Returned(Money amount, String ignored) -> returned(order, attempt, amount);
      case ChannelEvent.Reported(Outcome outcome) ->
          switch (attempt.state()) {
            case PAID -> afterPaid(order, outcome);
            case REFUSED -> afterRefused(order, anotherMayPay, outcome);
            case SENT, ACCEPTED, UNKNOWN ->
                whileLive(order, attempt, message, outcome, limits, now);
          };
    };
  }

  private Effect whileLive(
      Withdrawal order,
      PayoutAttempt attempt,
      ChannelMessage message,
      Outcome outcome,
      ChannelLimits limits,
      Instant now) {
    return switch (outcome) {
      case Outcome.Paid paid -> {
        String mismatch = mismatch(order, paid);
        yield mismatch == null
            ? new Effect.Settle(message.code(), paid.reference())
            : new Effect.Park("MISMATCH", Kind.MISMATCH, mismatch);
      }
      case Outcome.Refused(String code, String ignored, boolean beneficiaryAtFault) ->
          // The reply to a second sending says nothing of the first, which may still be under way:
          // only what the channel answers when it is asked about the number ends the attempt.
          message.source() == ChannelMessage.Source.REPLY && attempt.sends() > 1
              ? waitOrPark(attempt, stillOpen(attempt), code, NOTHING, limits, now)
              : new Effect.Refuse(code, beneficiaryAtFault);
      case Outcome.Accepted accepted ->
          waitOrPark(attempt, PayoutAttempt.State.ACCEPTED, message.code(), accepted, limits, now);
      case Outcome.Unknown(Outcome.Why why, String code) -> {
        boolean neverArrived =
            why == Outcome.Why.NOT_FOUND
                // What the channel said it had taken can't be unknown to it: a person, in time.
                && attempt.state() != PayoutAttempt.State.ACCEPTED
                && message.source() == ChannelMessage.Source.QUERY
                && message.askedAt().isAfter(attempt.sentAt().plus(limits.acceptanceWindow()))
                // By then it may have forgotten what it paid.
                && !isPastQueryWindow(attempt, limits, message.askedAt());
        yield neverArrived
            ? new Effect.Refuse(NO_SUCH_ORDER, false)
            : waitOrPark(attempt, stillOpen(attempt), code, NOTHING, limits, now);
      }
    };
  }

  private static PayoutAttempt.State stillOpen(PayoutAttempt attempt) {
    return attempt.state() == PayoutAttempt.State.ACCEPTED
        ? PayoutAttempt.State.ACCEPTED
        : PayoutAttempt.State.UNKNOWN;
  }

  /** Whether what the channel answers to a question about an attempt needn't be true any more. */
  static boolean isPastQueryWindow(PayoutAttempt attempt, ChannelLimits limits, Instant asked) {
    return asked.isAfter(attempt.createdAt().plus(limits.queryWindow()));
  }

  private Effect waitOrPark(
      PayoutAttempt attempt,
      PayoutAttempt.State state,
      @Nullable String code,
      Outcome.Accepted told,
      ChannelLimits limits,
      Instant now) {
    if (isPastQueryWindow(attempt, limits, now)) {
      return new Effect.Park(
          code == null ? "UNKNOWN" : code,
          Kind.UNKNOWN_TOO_LONG,
          "Channel %s has not said for %s whether it paid; ask the provider by request number %s."
              .formatted(attempt.channel(), limits.queryWindow(), attempt.id()));
    }
    return new Effect.Wait(
        state, code, told.reference(), told.handOver(), now.plus(retry.pause(attempt.queries())));
  }

  private static Effect afterPaid(Withdrawal order, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Paid paid -> {
        String mismatch = mismatch(order, paid);
        yield mismatch == null
            ? new Effect.Ignore("DUPLICATE")
            : new Effect.Ask(Kind.MISMATCH, mismatch);
      }
      case Outcome.Refused(String code, String ignored, boolean atFault) ->
          new Effect.Doubt("The channel said it paid, and then refused: " + code + ".");
      case Outcome.Accepted ignored -> new Effect.Ignore("STALE");
      case Outcome.Unknown ignored -> new Effect.Ignore("STALE");
    };
  }

  private static Effect afterRefused(Withdrawal order, boolean anotherMayPay, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused ignored -> new Effect.Ignore("DUPLICATE");
      case Outcome.Accepted ignored -> new Effect.Ignore("STALE");
      case Outcome.Unknown ignored -> new Effect.Ignore("STALE");
      case Outcome.Paid paid ->
          switch (order.status()) {
            case FAILED ->
                late(
                    order,
                    paid,
                    "The channel paid after it had refused and the funds were released: recover"
                        + " %s from the user or the channel.".formatted(order.amount()));
            case SUCCESS, REFUNDED ->
                late(
                    order,
                    paid,
                    "A channel that had refused paid, too: %s went out twice."
                        .formatted(order.amount()));
            case PROCESSING ->
                anotherMayPay
                    // Whatever the channel would answer, two may have paid: a person, at once.
                    ? new Effect.Ask(
                        Kind.CONTRADICTION,
                        "The channel refused, and now says it paid; another attempt may pay, too.")
                    : new Effect.Doubt(REFUSED_THEN_PAID);
            case PENDING, REVIEW, CANCELLED ->
                new Effect.Ask(Kind.CONTRADICTION, REFUSED_THEN_PAID);
          };
    };
  }

  /** Nobody owes what went elsewhere, or is another amount than was asked for: a person looks. */
  private static Effect late(Withdrawal order, Outcome.Paid paid, String detail) {
    String mismatch = mismatch(order, paid);
    return mismatch == null
        ? new Effect.LateSuccess(detail)
        : new Effect.Ask(Kind.MISMATCH, mismatch + " It had refused before.");
  }

  /**
   * What a channel's answer does when it was asked about its contradiction. What we have is
   * believed if the answer bears it out, and so is a payment that it says twice; else a person
   * decides. That it refuses again what it said it had paid settles nothing: to go on could pay
   * twice.
   */
  Effect resolve(
      Withdrawal order,
      PayoutAttempt attempt,
      boolean anotherMayPay,
      Contradiction open,
      Outcome answer,
      Instant now) {
    return switch (answer) {
      case Outcome.Paid paid -> {
        String mismatch = mismatch(order, paid);
        if (mismatch != null) {
          yield new Effect.Ask(Kind.MISMATCH, mismatch);
        }
        if (attempt.state() == PayoutAttempt.State.PAID) {
          yield new Effect.BorneOut("asked again, the channel says it paid");
        }
        yield order.status() == WithdrawalState.PROCESSING && !anotherMayPay
            ? new Effect.Settle("PAID", paid.reference())
            : afterRefused(order, anotherMayPay, paid);
      }
      case Outcome.Refused(String code, String ignored, boolean atFault) ->
          new Effect.Ask(
              Kind.CONTRADICTION, open.detail() + " Asked again, it refuses: " + code + ".");
      case Outcome.Accepted ignored -> againOrAsk(open, "ACCEPTED", now);
      case Outcome.Unknown(Outcome.Why why, String code) -> againOrAsk(open, why + ":" + code, now);
    };
  }

  private Effect againOrAsk(Contradiction open, String said, Instant now) {
    return open.asked() < Contradiction.MOST_QUESTIONS
        ? new Effect.AskAgain(now.plus(retry.pause(open.asked())))
        : new Effect.Ask(
            Kind.CONTRADICTION,
            "%s Asked %d times, it said nothing definite: %s."
                .formatted(open.detail(), open.asked(), said));
  }

  private static Effect returned(Withdrawal order, PayoutAttempt attempt, Money amount) {
    if (!amount.currency().equals(order.amount().currency())
        || amount.minor() > order.amount().minor()
        || amount.minor() == 0) {
      return new Effect.Ask(
          Kind.MISMATCH, "The channel returned %s of %s.".formatted(amount, order.amount()));
    }
    if (order.status() == WithdrawalState.SUCCESS && attempt.state() == PayoutAttempt.State.PAID) {
      return new Effect.Refund(amount);
    }
    if (order.status() == WithdrawalState.PROCESSING && attempt.state().isLive()) {
      return new Effect.Postpone("RETURN_BEFORE_SUCCESS");
    }
    return new Effect.Ask(
        Kind.RETURN,
        "The channel returned %s, but the order is %s.".formatted(amount, order.status()));
  }

  /** What differs between what was paid and what was asked for, or null. */
  private static @Nullable String mismatch(Withdrawal order, Outcome.Paid paid) {
    if (paid.amount() != null && !paid.amount().equals(order.amount())) {
      return "The channel says it paid %s; the order is %s."
          .formatted(paid.amount(), order.amount());
    }
    if (paid.beneficiary() != null && !paid.beneficiary().equals(order.bankAccount())) {
      return "The channel says it paid to %s; the order is for %s."
          .formatted(paid.beneficiary(), order.bankAccount());
    }
    return null;
  }
}

package dev.sluice.payout;

import dev.sluice.channel.HandOver;
import dev.sluice.money.Money;
import dev.sluice.review.ReviewCase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a message does to its order: one case for each thing that can happen. */
sealed interface Effect {

  /** Nothing new. */
  record Ignore(String why) implements Effect {}

  /** Still not known: ask again at a time. */
  record Wait(
      PayoutAttempt.State state,
      @Nullable String code,
      @Nullable String reference,
      @Nullable HandOver handOver,
      Instant dueAt)
      implements Effect {}

  /** Not known, and no longer asked: a person has it. The funds stay held. */
  record Park(String code, ReviewCase.Kind kind, String detail) implements Effect {}

  /** Paid: post the hold. */
  record Settle(@Nullable String code, @Nullable String reference) implements Effect {}

  /** Definitely not paid: another channel, or release. */
  record Refuse(String code, boolean beneficiaryAtFault) implements Effect {}

  /** Paid although we had released, or although another attempt paid: book what is owed to us. */
  record LateSuccess(String detail) implements Effect {}

  /** The bank returned the money. */
  record Refund(Money back) implements Effect {}

  /** A person must look; whatever runs by itself for this order stops. */
  record Ask(ReviewCase.Kind kind, String detail) implements Effect {}

  /** The channel contradicts itself: ask it before anything else; what runs by itself stops. */
  record Doubt(String detail) implements Effect {}

  /** Asked about its contradiction, the channel bears out what we have. */
  record BorneOut(String why) implements Effect {}

  /** Asked about its contradiction, the channel says nothing definite: ask again at a time. */
  record AskAgain(Instant dueAt) implements Effect {}

  /** It came before what it builds on: keep it and try again later. */
  record Postpone(String why) implements Effect {}
}

package dev.sluice.payout;

import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.HandOver;
import dev.sluice.ledger.Ledger;
import dev.sluice.ledger.SystemAccount;
import dev.sluice.ledger.Transfer;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.payout.CompensationStore.Compensation;
import dev.sluice.payout.CompensationStore.Direction;
import dev.sluice.payout.CompensationStore.LogEntry;
import dev.sluice.payout.PayoutAttempt.State;
import dev.sluice.payout.Settlement.Receipt;
import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Move;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the effects of a batch into rows: one statement per table. */
final class EffectWriter {
  private final AttemptStore attempts;
  private final MessageStore messages;
  private final Withdrawals withdrawals;
  private final Ledger ledger;
  private final ReviewCases reviews;
  private final CompensationStore compensations;
  private final ContradictionStore contradictions;
  private final Ids ids;
  private final ChannelRouter router;
  private final PayoutMetrics metrics;
  private final ShortfallPolicy shortfall;
  private final Vault vault;

  EffectWriter(
      AttemptStore attempts,
      MessageStore messages,
      Withdrawals withdrawals,
      Ledger ledger,
      ReviewCases reviews,
      CompensationStore compensations,
      ContradictionStore contradictions,
      Ids ids,
      ChannelRouter router,
      PayoutMetrics metrics,
      ShortfallPolicy shortfall,
      Vault vault) {
    this.attempts = attempts;
    this.messages = messages;
    this.withdrawals = withdrawals;
    this.ledger = ledger;
    this.reviews = reviews;
    this.compensations = compensations;
    this.contradictions = contradictions;
    this.ids = ids;
    this.router = router;
    this.metrics = metrics;
    this.shortfall = shortfall;
    this.vault = vault;
  }

  Work begin(Instant now) {
    return new Work(now);
  }

  /** Locks the accounts of all these orders, in the order of their ids. */
  void lockAccounts(Collection<Withdrawal> orders) {
    ledger.lock(orders.stream().map(Withdrawal::accountId).distinct().toList());
  }

  /** What one round writes. */
  final class Work {
    private final Instant now;
    private final List<MessageStore.Applied> inserted = new ArrayList<>();
    private final List<MessageStore.Applied> marked = new ArrayList<>();
    private final List<AttemptStore.Change> changes = new ArrayList<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private final Set<Long> accounts = new HashSet<>();
    private final List<Move> moves = new ArrayList<>();
    private final List<ReviewCases.Question> questions = new ArrayList<>();
    private final List<UUID> due = new ArrayList<>();
    private final List<UUID> notDue = new ArrayList<>();
    private final List<UUID> nextChannel = new ArrayList<>();
    private final List<UUID> hastened = new ArrayList<>();
    private final List<UUID> answeredLate = new ArrayList<>();
    private final List<Compensation> releases = new ArrayList<>();
    private final List<LogEntry> logged = new ArrayList<>();
    private final List<Contradiction> doubts = new ArrayList<>();

    private Work(Instant now) {
      this.now = now;
    }

    Receipt add(
        Withdrawal order,
        List<PayoutAttempt> all,
        PayoutAttempt attempt,
        ChannelMessage message,
        Effect effect,
        boolean kept) {
      switch (effect) {
        case Effect.Ignore(String why) -> record(message, order.id(), why, kept, false);
        case Effect.Wait(
                State state,
                String code,
                String reference,
                HandOver handOver,
                Instant dueAt) -> {
          boolean news = attempt.state() != state;
          // One that a person has stays with the person; only definite news moves it.
          changes.add(
              new AttemptStore.Change(
                  attempt.id(),
                  state,
                  code,
                  reference,
                  attempt.dueAt() == null ? null : dueAt,
                  sealed(attempt, handOver)));
          record(message, order.id(), state.name(), kept, news);
        }
        case Effect.Park(String code, ReviewCase.Kind kind, String detail) -> {
          changes.add(new AttemptStore.Change(attempt.id(), liveState(attempt), code, null, null));
          ask(order, attempt, kind, detail);
          record(message, order.id(), "REVIEW_" + kind, kept, true);
        }
        case Effect.Settle(String code, String reference) -> {
          settle(order, attempt, code, reference, "channel:" + attempt.channel());
          record(message, order.id(), "SETTLED", kept, true);
        }
        case Effect.Refuse(String code, boolean beneficiaryAtFault) ->
            record(
                message,
                order.id(),
                refuse(order, all, attempt, code, beneficiaryAtFault),
                kept,
                true);
        case Effect.LateSuccess(String detail) -> {
          if (isReceivableBooked(order)) {
            record(message, order.id(), "DUPLICATE", kept, false);
          } else {
            bookReceivable(order, attempt);
            ask(order, attempt, ReviewCase.Kind.LATE_SUCCESS, detail);
            record(message, order.id(), "RECEIVABLE", kept, true);
          }
        }
        case Effect.Refund(Money back) -> {
          refund(order, attempt, back);
          record(message, order.id(), "REFUNDED", kept, true);
        }
        case Effect.Ask(ReviewCase.Kind kind, String detail) -> {
          ask(order, attempt, kind, detail);
          notDue.add(order.id());
          record(message, order.id(), "REVIEW_" + kind, kept, true);
        }
        case Effect.Doubt(String detail) -> {
          doubts.add(
              new Contradiction(attempt.id(), order.id(), attempt.channel(), detail, 0, now));
          notDue.add(order.id());
          log(order, Direction.STOPPED, "all but asking " + attempt.channel(), detail);
          record(message, order.id(), "ASKING_THE_CHANNEL", kept, true);
        }
        case Effect.BorneOut(String why) -> {
          log(order, Direction.FORWARD, "leave it as it is", why);
          record(message, order.id(), "BORNE_OUT", kept, true);
        }
        case Effect.AskAgain(Instant ignored) ->
            record(message, order.id(), "ASKING_THE_CHANNEL", kept, false);
        case Effect.Postpone(String ignored) -> {
          hastened.add(attempt.id());
          if (!kept) {
            inserted.add(new MessageStore.Applied(message, order.id(), null, 1));
          }
          return Receipt.KEPT_FOR_LATER;
        }
      }
      return Receipt.APPLIED;
    }

    /** What becomes of a contradiction by the channel's answer, in this same commit. */
    void answered(Withdrawal order, PayoutAttempt attempt, Effect effect) {
      switch (effect) {
        case Effect.AskAgain(Instant dueAt) -> contradictions.askAgain(attempt.id(), dueAt, now);
        case Effect.BorneOut ignored ->
            contradictions.end(attempt.id(), Contradiction.End.SETTLED, now);
        case Effect.Settle ignored -> {
          contradictions.end(attempt.id(), Contradiction.End.SETTLED, now);
          stop(order);
        }
        case Effect.Ask ignored ->
            contradictions.end(attempt.id(), Contradiction.End.WITH_A_PERSON, now);
        case Effect.LateSuccess ignored ->
            contradictions.end(attempt.id(), Contradiction.End.WITH_A_PERSON, now);
        case Effect.Ignore ignored -> {}
        case Effect.Wait ignored -> {}
        case Effect.Park ignored -> {}
        case Effect.Refuse ignored -> {}
        case Effect.Refund ignored -> {}
        case Effect.Doubt ignored -> {}
        case Effect.Postpone ignored -> {}
      }
    }

    private AttemptStore.@Nullable SealedHandOver sealed(
        PayoutAttempt attempt, @Nullable HandOver handOver) {
      if (handOver == null) {
        return null;
      }
      Instant until = attempt.createdAt().plus(handOver.goodFor());
      return until.isAfter(now)
          ? new AttemptStore.SealedHandOver(
              attempt.channel(), vault.seal(handOver.text(), HandOvers.SEAL_CONTEXT), until)
          : null;
    }

    /** A channel's own, true message about a request number that we never sent. */
    void unknownRequestNumber(ChannelMessage message, boolean kept) {
      questions.add(
          new ReviewCases.Question(
              null,
              null,
              ReviewCase.Kind.MISMATCH,
              "Channel %s reports %s for request number %s, which we never sent."
                  .formatted(
                      message.channel(), MessageStore.kind(message.event()), message.attemptId())));
      metrics.alarm(ReviewCase.Kind.MISMATCH);
      record(message, null, "UNKNOWN_REQUEST_NUMBER", kept, true);
    }

    /** A message of one channel about an attempt of another. */
    void foreign(Withdrawal order, PayoutAttempt attempt, ChannelMessage message, boolean kept) {
      ask(
          order,
          attempt,
          ReviewCase.Kind.CONTRADICTION,
          "Channel %s reports an attempt that was sent to %s."
              .formatted(message.channel(), attempt.channel()));
      record(message, order.id(), "REVIEW_CONTRADICTION", kept, true);
    }

    void settle(
        Withdrawal order,
        PayoutAttempt attempt,
        @Nullable String code,
        @Nullable String ref,
        String actor) {
      changes.add(new AttemptStore.Change(attempt.id(), State.PAID, code, ref, null));
      accounts.add(order.accountId());
      long clearing =
          ledger.systemAccount(
              SystemAccount.CLEARING, attempt.channel(), order.amount().currency());
      transfers.add(
          Transfer.of(
              order.id(), Transfer.Kind.POST, order.accountId(), clearing, order.amount(), now));
      if (order.fee().minor() > 0) {
        long fees = ledger.systemAccount(SystemAccount.FEES, "-", order.fee().currency());
        transfers.add(
            Transfer.of(order.id(), Transfer.Kind.FEE, order.accountId(), fees, order.fee(), now));
      }
      if (attempt.dueAt() == null) {
        answeredLate.add(order.id());
      }
      moves.add(new Move(order, WithdrawalState.SUCCESS, null, actor));
    }

    private String refuse(
        Withdrawal order,
        List<PayoutAttempt> all,
        PayoutAttempt attempt,
        String code,
        boolean beneficiaryAtFault) {
      changes.add(new AttemptStore.Change(attempt.id(), State.REFUSED, code, null, null));
      if (attempt.dueAt() == null) {
        answeredLate.add(order.id());
      }
      Set<String> refusedBy =
          all.stream()
              .filter(a -> a.id().equals(attempt.id()) || a.state() == State.REFUSED)
              .map(PayoutAttempt::channel)
              .collect(Collectors.toSet());
      if (!beneficiaryAtFault && router.hasAnother(Dispatcher.payable(order), refusedBy)) {
        due.add(order.id());
        nextChannel.add(order.id());
        log(order, Direction.FORWARD, "next channel", attempt.channel() + " refused: " + code);
        return "NEXT_CHANNEL";
      }
      release(order, code, attempt.channel() + " refused: " + code, "channel:" + attempt.channel());
      return "TO_BE_RELEASED";
    }

    /** Written now, done by the Compensator: what is to be undone is on record before it is. */
    void release(Withdrawal order, String code, String why, String actor) {
      releases.add(new Compensation(order.id(), code, actor, 0));
      log(order, Direction.BACKWARD, "release", why);
    }

    /** Changes an attempt as a person decided. */
    void change(AttemptStore.Change change) {
      changes.add(change);
    }

    /** Nothing runs by itself for this order any more. */
    void stop(Withdrawal order) {
      notDue.add(order.id());
    }

    /** The order's next attempt goes to the next channel. */
    void nextChannel(Withdrawal order) {
      due.add(order.id());
    }

    /** Takes what a late success left receivable from the user. */
    void chargeUser(Withdrawal order) {
      accounts.add(order.accountId());
      transfers.add(
          Transfer.of(
              order.id(),
              Transfer.Kind.CORRECTION,
              order.accountId(),
              ledger.systemAccount(
                  SystemAccount.RECEIVABLE, order.userId(), order.amount().currency()),
              order.amount(),
              now));
    }

    void log(Withdrawal order, Direction direction, String what, String why) {
      logged.add(new LogEntry(ids.next(), order.id(), direction, what, why, now));
    }

    private boolean isReceivableBooked(Withdrawal order) {
      return ledger.transfers(order.id()).stream()
          .anyMatch(t -> t.kind() == Transfer.Kind.RECEIVABLE);
    }

    private void bookReceivable(Withdrawal order, PayoutAttempt attempt) {
      transfers.add(
          Transfer.of(
              order.id(),
              Transfer.Kind.RECEIVABLE,
              ledger.systemAccount(
                  SystemAccount.RECEIVABLE, order.userId(), order.amount().currency()),
              ledger.systemAccount(
                  SystemAccount.CLEARING, attempt.channel(), order.amount().currency()),
              order.amount(),
              now));
    }

    private void refund(Withdrawal order, PayoutAttempt attempt, Money back) {
      accounts.add(order.accountId());
      long clearing =
          ledger.systemAccount(
              SystemAccount.CLEARING, attempt.channel(), order.amount().currency());
      transfers.add(
          Transfer.of(order.id(), Transfer.Kind.REFUND, clearing, order.accountId(), back, now));
      Money kept = order.amount().minus(back);
      if (kept.minor() > 0 && shortfall == ShortfallPolicy.FEES) {
        transfers.add(
            Transfer.of(
                order.id(),
                Transfer.Kind.SHORTFALL,
                ledger.systemAccount(SystemAccount.FEES, "-", kept.currency()),
                order.accountId(),
                kept,
                now));
      }
      moves.add(
          new Move(
              order,
              WithdrawalState.REFUNDED,
              kept.minor() == 0 ? "RETURNED" : "RETURNED_IN_PART",
              "channel:" + attempt.channel()));
    }

    private void ask(Withdrawal order, PayoutAttempt attempt, ReviewCase.Kind kind, String detail) {
      questions.add(new ReviewCases.Question(order.id(), attempt.id(), kind, detail));
      metrics.alarm(kind);
    }

    private void record(
        ChannelMessage message, @Nullable UUID orderId, String effect, boolean kept, boolean news) {
      MessageStore.Applied applied = new MessageStore.Applied(message, orderId, effect, 0);
      if (kept) {
        marked.add(applied);
      } else if (news || message.source() == ChannelMessage.Source.CALLBACK) {
        // Answers to our own questions that tell nothing new need no row of their own.
        inserted.add(applied);
      }
    }

    void write() {
      if (!inserted.isEmpty()) {
        messages.insert(inserted, now);
      }
      marked.forEach(m -> messages.applied(m.message().id(), String.valueOf(m.effect()), now));
      if (!changes.isEmpty()) {
        attempts.change(changes, now);
      }
      if (!transfers.isEmpty()) {
        ledger.lock(accounts);
        ledger.write(transfers);
      }
      withdrawals.move(moves);
      reviews.open(questions, now);
      withdrawals.setReason(nextChannel, "REFUSED_BY_CHANNEL_TRYING_NEXT");
      withdrawals.putDue(due, now);
      withdrawals.removeDue(notDue);
      compensations.stop(notDue, now);
      compensations.decide(releases, now);
      compensations.log(logged);
      contradictions.open(doubts);
      hastened.forEach(id -> attempts.hasten(id, now));
      answeredLate.forEach(
          id ->
              reviews.resolve(
                  id,
                  ReviewCase.Kind.UNKNOWN_TOO_LONG,
                  "ANSWERED",
                  "The channel answered after all.",
                  "system",
                  now));
    }

    private static State liveState(PayoutAttempt attempt) {
      return attempt.state() == State.SENT ? State.UNKNOWN : attempt.state();
    }
  }
}

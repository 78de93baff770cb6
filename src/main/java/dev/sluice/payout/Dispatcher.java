package dev.sluice.payout;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Move;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import dev.sluice.withdrawal.Withdrawals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes due orders, writes an attempt for each and commits; only then sends. A crash in between
 * leaves an attempt on record, which recovery asks about.
 */
final class Dispatcher {
  static final String SEAL_CONTEXT = "attempt";
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /** Beyond a call's own timeout, so that recovery asks only when the call has surely ended. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private final Withdrawals withdrawals;
  private final Beneficiaries beneficiaries;
  private final AttemptStore attempts;
  private final ChannelRouter router;
  private final ChannelCalls calls;
  private final Consumer<ChannelMessage> inbox;
  private final Vault vault;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Ids ids;
  private final PayoutSettings settings;

  Dispatcher(
      Withdrawals withdrawals,
      Beneficiaries beneficiaries,
      AttemptStore attempts,
      ChannelRouter router,
      ChannelCalls calls,
      Consumer<ChannelMessage> inbox,
      Vault vault,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      PayoutSettings settings) {
    this.withdrawals = withdrawals;
    this.beneficiaries = beneficiaries;
    this.attempts = attempts;
    this.router = router;
    this.calls = calls;
    this.inbox = inbox;
    this.vault = vault;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
  }

  private record Prepared(PayoutAttempt attempt, Channel channel, byte[] request) {}

  /** One step: returns how many attempts were written and sent. */
  int runOnce() {
    int limit = Math.min(settings.batch(), calls.free());
    if (limit == 0) {
      return 0;
    }
    List<String> reserved = new ArrayList<>();
    List<Prepared> prepared;
    try {
      prepared = transactions.execute(status -> writeAttempts(limit, reserved));
    } catch (RuntimeException e) {
      reserved.forEach(calls::giveBack);
      reserved.forEach(router::unused);
      throw e;
    }
    if (prepared == null) {
      return 0;
    }
    prepared.forEach(p -> calls.run(p.channel().name(), () -> send(p)));
    return prepared.size();
  }

  private void send(Prepared p) {
    Instant asked = clock.instant();
    if (isTooLate(p.attempt().sentAt(), p.channel(), asked)) {
      log.warn(
          "attempt {} is not sent, this instance stood still; recovery asks", p.attempt().id());
      return;
    }
    String number = Ids.requestNumber(p.attempt().id());
    Outcome outcome =
        calls.guarded(
            p.channel().name(), "instruct", () -> p.channel().instruct(number, p.request()));
    inbox.accept(
        new ChannelMessage(
            ids.next(),
            p.channel().name(),
            ChannelMessage.Source.REPLY,
            p.attempt().id(),
            p.attempt().withdrawalId(),
            new ChannelEvent.Reported(outcome),
            Recovery.code(outcome),
            null,
            null,
            asked,
            clock.instant()));
  }

  /**
   * Whether an instance stood still (stopped, swapped out, starved) since it wrote down that it
   * sends. Others may meanwhile have asked, heard "no such order" after the acceptance window, and
   * gone on to another channel: to send now could pay twice. Not sending never does.
   */
  static boolean isTooLate(Instant writtenAt, Channel channel, Instant now) {
    return now.isAfter(writtenAt.plus(channel.limits().callTimeout()));
  }

  private List<Prepared> writeAttempts(int limit, List<String> reserved) {
    List<Withdrawal> due = withdrawals.lockDue(limit);
    if (due.isEmpty()) {
      return List.of();
    }
    Instant now = clock.instant();
    Map<UUID, List<PayoutAttempt>> earlier = earlierAttempts(due);
    Map<UUID, Beneficiaries.Revealed> numbers =
        beneficiaries.reveal(due.stream().map(Withdrawal::beneficiaryId).distinct().toList());
    List<Prepared> prepared = new ArrayList<>(due.size());
    List<UUID> done = new ArrayList<>();
    List<UUID> waiting = new ArrayList<>();
    List<UUID> noSlot = new ArrayList<>();
    List<Move> moves = new ArrayList<>(due.size());
    for (Withdrawal order : due) {
      List<PayoutAttempt> before = earlier.getOrDefault(order.id(), List.of());
      if (!mayBeAttempted(order, before)) {
        done.add(order.id());
        continue;
      }
      Optional<Channel> channel = router.choose(payable(order), refusedBy(before));
      Beneficiaries.Revealed number = numbers.get(order.beneficiaryId());
      if (channel.isEmpty() || number == null) {
        waiting.add(order.id());
      } else if (!calls.reserve(channel.get().name())) {
        router.unused(channel.get().name());
        noSlot.add(order.id());
      } else {
        reserved.add(channel.get().name());
        prepared.add(prepare(order, before.size() + 1, channel.get(), number, now));
        if (order.status() == WithdrawalState.PENDING) {
          moves.add(new Move(order, WithdrawalState.PROCESSING, null, "system")); // due no more
        } else {
          done.add(order.id());
        }
      }
    }
    withdrawals.removeDue(done);
    if (!prepared.isEmpty()) {
      attempts.insert(prepared.stream().map(Prepared::attempt).toList());
    }
    withdrawals.move(moves);
    withdrawals.setReason(waiting, "NO_CHANNEL_AVAILABLE");
    withdrawals.putDue(waiting, now.plus(settings.noChannelPause()));
    withdrawals.putDue(noSlot, now.plus(settings.noSlotPause()));
    return prepared;
  }

  private Map<UUID, List<PayoutAttempt>> earlierAttempts(List<Withdrawal> due) {
    List<UUID> processing =
        due.stream()
            .filter(o -> o.status() == WithdrawalState.PROCESSING)
            .map(Withdrawal::id)
            .toList();
    Map<UUID, List<PayoutAttempt>> earlier = new HashMap<>();
    if (!processing.isEmpty()) {
      for (PayoutAttempt attempt : attempts.ofWithdrawals(processing)) {
        earlier.computeIfAbsent(attempt.withdrawalId(), id -> new ArrayList<>(1)).add(attempt);
      }
    }
    return earlier;
  }

  /** An order has an attempt only while none of its attempts may pay or has paid. */
  private static boolean mayBeAttempted(Withdrawal order, List<PayoutAttempt> before) {
    return switch (order.status()) {
      case PENDING -> true;
      case PROCESSING -> before.stream().allMatch(a -> a.state() == PayoutAttempt.State.REFUSED);
      case REVIEW, SUCCESS, FAILED, CANCELLED, REFUNDED -> false;
    };
  }

  private Prepared prepare(
      Withdrawal order,
      int number,
      Channel channel,
      Beneficiaries.Revealed beneficiary,
      Instant now) {
    UUID id = ids.next();
    byte[] request =
        channel.prepare(
            new PayoutInstruction(
                Ids.requestNumber(id),
                order.amount(),
                order.beneficiaryKind().name(),
                beneficiary.number().number(),
                beneficiary.beneficiary().holderName(),
                beneficiary.beneficiary().bank(),
                order.note(),
                now));
    PayoutAttempt attempt =
        new PayoutAttempt(
            id,
            order.id(),
            number,
            channel.name(),
            vault.seal(request, SEAL_CONTEXT),
            PayoutAttempt.State.SENT,
            null,
            null,
            1,
            0,
            now,
            now.plus(channel.limits().callTimeout()).plus(MARGIN),
            now,
            now);
    return new Prepared(attempt, channel, request);
  }

  private static Set<String> refusedBy(List<PayoutAttempt> attempts) {
    return attempts.stream().map(PayoutAttempt::channel).collect(Collectors.toSet());
  }

  static ChannelRouter.Payable payable(Withdrawal order) {
    return new ChannelRouter.Payable(
        order.id(),
        order.amount().currency().getCurrencyCode(),
        order.beneficiaryKind().name(),
        order.amount().minor());
  }
}

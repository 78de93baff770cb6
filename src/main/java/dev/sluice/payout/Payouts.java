package dev.sluice.payout;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.notify.Notifications;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.Signal;
import dev.sluice.retention.Archive;
import dev.sluice.review.ReviewCases;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/**
 * From a due order to its outcome, wired from its parts. Each worker is a step that can be called
 * by hand, so that a service runs them on threads and a simulated history one by one.
 */
public final class Payouts implements AutoCloseable {
  /** The inbox stops after the workers and calls, whose outcomes it still takes. */
  private static final int INBOX_PHASE = 400;

  private final PayoutSettings settings;
  private final Settlement settlement;
  private final ChannelCalls calls;
  private final Dispatcher dispatcher;
  private final Recovery recovery;
  private final Compensator compensator;
  private final ReviewDecisions decisions;
  private final CallbackInbox callbacks;
  private final StatementInbox statements;
  private final Timeline timeline;
  private final Poller poller;
  private final HandOvers handOvers;
  private final MeterRegistry metrics;
  private final GroupCommit<ChannelMessage, Settlement.Receipt> commit;
  private final Inbox inbox;

  /** All of payouts over these parts. */
  @SuppressWarnings("TooManyParameters") // the one place where the parts are put together
  public Payouts(
      JdbcTemplate jdbc,
      Withdrawals withdrawals,
      Beneficiaries beneficiaries,
      Ledger ledger,
      ReviewCases reviews,
      Notifications notifications,
      ChannelRouter router,
      Vault vault,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      RandomGenerator random,
      PayoutSettings settings,
      ExecutorService channelThreads,
      Signal payoutDue,
      MeterRegistry metrics) {
    this.settings = settings;
    this.metrics = metrics;
    AttemptStore attempts = new AttemptStore(jdbc);
    MessageStore messages = new MessageStore(jdbc);
    CompensationStore compensations = new CompensationStore(jdbc);
    ContradictionStore contradictions = new ContradictionStore(jdbc);
    PayoutMetrics payoutMetrics = new PayoutMetrics(metrics);
    OutcomeRules rules = new OutcomeRules(new RetryPolicy(settings.queryPauses(), random));
    EffectWriter writer =
        new EffectWriter(
            attempts,
            messages,
            withdrawals,
            ledger,
            reviews,
            compensations,
            contradictions,
            ids,
            router,
            payoutMetrics,
            settings.shortfall(),
            vault);
    this.settlement =
        new Settlement(
            attempts,
            messages,
            contradictions,
            withdrawals,
            reviews,
            router,
            rules,
            writer,
            payoutMetrics,
            transactions,
            clock);
    this.commit = newCommit();
    Runnable afterCommit =
        () -> {
          notifications.afterEnqueue();
          payoutDue.fire();
        };
    this.inbox =
        new Inbox(commit, settlement, messages, transactions, clock, settings, afterCommit);
    this.compensator =
        new Compensator(
            compensations,
            withdrawals,
            ledger,
            reviews,
            payoutMetrics,
            transactions,
            clock,
            ids,
            afterCommit);
    this.decisions =
        new ReviewDecisions(
            attempts,
            contradictions,
            withdrawals,
            ledger,
            reviews,
            writer,
            transactions,
            clock,
            afterCommit);
    this.calls = new ChannelCalls(router, channelThreads, payoutMetrics);
    this.dispatcher =
        new Dispatcher(
            withdrawals,
            beneficiaries,
            attempts,
            router,
            calls,
            inbox::take,
            vault,
            transactions,
            clock,
            ids,
            settings);
    this.recovery =
        new Recovery(
            attempts,
            contradictions,
            compensations,
            transactions,
            router,
            calls,
            inbox::take,
            vault,
            clock,
            ids,
            settings);
    this.callbacks = new CallbackInbox(router, inbox, vault, clock, ids);
    this.statements = new StatementInbox(inbox, vault, clock, ids);
    this.poller = new Poller(router, callbacks, reviews, payoutMetrics, transactions, clock);
    this.handOvers = new HandOvers(attempts, vault, clock);
    this.timeline =
        new Timeline(
            withdrawals, attempts, messages, compensations, ledger, reviews, new Archive(jdbc));
  }

  private GroupCommit<ChannelMessage, Settlement.Receipt> newCommit() {
    return new GroupCommit<>(
        new GroupCommit.Settings(
            "inbox",
            INBOX_PHASE,
            settings.inboxCapacity(),
            settings.inboxBatch(),
            settings.inboxCommitters(),
            settings.inboxPatience()),
        settlement::take,
        metrics);
  }

  /** Writes and sends attempts for due orders; returns how many. */
  public int dispatchOnce() {
    return dispatcher.runOnce();
  }

  /** Asks about attempts that are due; returns how many. */
  public int recoverOnce() {
    return recovery.runOnce();
  }

  /** Releases the funds of orders that ended without payment; returns how many. */
  public int compensateOnce() {
    return compensator.runOnce();
  }

  /** Fetches what providers left for us; returns how many deliveries. */
  public int pollOnce() {
    return poller.runOnce();
  }

  /** Tries kept messages again; returns how many got on. */
  public int sweepOnce() {
    return inbox.runOnce();
  }

  /** Takes callbacks. */
  public CallbackInbox callbacks() {
    return callbacks;
  }

  /** Takes what statements tell. */
  public StatementInbox statements() {
    return statements;
  }

  /** What people decide about review cases. */
  public ReviewDecisions decisions() {
    return decisions;
  }

  /** Tells what happened to an order. */
  public Timeline timeline() {
    return timeline;
  }

  /** What users' apps are to be given. */
  public HandOvers handOvers() {
    return handOvers;
  }

  /** The group commit that applies messages; to be started. */
  public GroupCommit<?, ?> inboxCommit() {
    return commit;
  }

  /** Adds whom to tell when a call has ended and another may start. */
  public void whenCallSlotFree(Runnable listener) {
    calls.whenFree(listener);
  }

  /** Waits for the calls under way, so that their outcomes still reach the inbox. */
  public void drain() {
    calls.close();
  }

  @Override
  public void close() {
    drain();
  }
}

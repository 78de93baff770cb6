package dev.sluice.payout;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.notify.Notifications;
import dev.sluice.queue.Drain;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.Signal;
import dev.sluice.queue.Worker;
import dev.sluice.review.ReviewCases;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.PayableCheck;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/** Wires payouts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PayoutSettings.class)
public class PayoutConfiguration {
  /** Workers stop first, then the calls under way, then the inbox that takes their outcomes. */
  private static final int WORKER_PHASE = 900;

  private static final int CALLS_PHASE = 800;

  /** Calls end one by one: each free slot alone would be a commit for one order. */
  private static final Duration GATHER = Duration.ofMillis(5);

  private static final Duration GAUGES_EVERY = Duration.ofSeconds(5);

  /** Refuses what no channel that is configured here ever pays. */
  @Bean
  public PayableCheck payableByChannels(ChannelRouter router) {
    return subject ->
        router.neverTakes(
            subject.amount().currency().getCurrencyCode(),
            subject.beneficiaryKind().name(),
            subject.amount().minor());
  }

  /** Everything of payouts, wired once. */
  @Bean(destroyMethod = "close")
  public Payouts payouts(
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
      PayoutSettings settings,
      Signal payoutDue,
      MeterRegistry metrics) {
    return new Payouts(
        jdbc,
        withdrawals,
        beneficiaries,
        ledger,
        reviews,
        notifications,
        router,
        vault,
        transactions,
        clock,
        ids,
        () -> ThreadLocalRandom.current().nextLong(),
        settings,
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("channel-call-", 0).factory()),
        payoutDue,
        metrics);
  }

  /** The inbox's committers. */
  @Bean
  public GroupCommit<?, ?> inboxQueue(Payouts payouts) {
    return payouts.inboxCommit();
  }

  /** Sends due orders. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.payouts.enabled", matchIfMissing = true)
  public Worker dispatchWorker(Payouts payouts, PayoutSettings settings, Signal payoutDue) {
    Worker worker =
        new Worker("dispatch", WORKER_PHASE, settings.pollPause(), GATHER, payouts::dispatchOnce);
    payoutDue.subscribe(worker::wake);
    payouts.whenCallSlotFree(worker::wake);
    return worker;
  }

  /** Asks about attempts without an outcome. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.payouts.enabled", matchIfMissing = true)
  public Worker recoveryWorker(Payouts payouts, PayoutSettings settings) {
    return new Worker("recovery", WORKER_PHASE, settings.pollPause(), payouts::recoverOnce);
  }

  /** Releases what ended without payment. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.payouts.enabled", matchIfMissing = true)
  public Worker compensationWorker(Payouts payouts, PayoutSettings settings, Signal payoutDue) {
    Worker worker =
        new Worker("compensation", WORKER_PHASE, settings.pollPause(), payouts::compensateOnce);
    payoutDue.subscribe(worker::wake);
    return worker;
  }

  /** Fetches what providers leave for us instead of calling back. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.payouts.enabled", matchIfMissing = true)
  public Worker fetchWorker(Payouts payouts, PayoutSettings settings) {
    return new Worker("fetch", WORKER_PHASE, settings.fetchPause(), payouts::pollOnce);
  }

  /** Tries messages again that could not be applied. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.payouts.enabled", matchIfMissing = true)
  public Worker keptMessagesWorker(Payouts payouts, PayoutSettings settings) {
    return new Worker("kept-messages", WORKER_PHASE, settings.keptPause(), payouts::sweepOnce);
  }

  /** Measures what metrics tell of the database, so that a scrape never waits for it. */
  @Bean
  public Worker gaugesWorker(Withdrawals withdrawals, ReviewCases reviews, MeterRegistry metrics) {
    PayoutGauges gauges = new PayoutGauges(withdrawals, reviews, metrics);
    return new Worker("gauges", WORKER_PHASE, GAUGES_EVERY, gauges::measure);
  }

  /** Waits, on stopping, for the calls to channels that are under way. */
  @Bean
  public SmartLifecycle channelCallsDrain(Payouts payouts) {
    return new Drain(CALLS_PHASE, payouts::drain);
  }

  /** Takes callbacks. */
  @Bean
  public CallbackInbox callbackInbox(Payouts payouts) {
    return payouts.callbacks();
  }

  /** What people decide about review cases. */
  @Bean
  public ReviewDecisions reviewDecisions(Payouts payouts) {
    return payouts.decisions();
  }

  /** What users' apps are to be given. */
  @Bean
  public HandOvers handOvers(Payouts payouts) {
    return payouts.handOvers();
  }

  /** Tells what happened to an order. */
  @Bean
  public Timeline timeline(Payouts payouts) {
    return payouts.timeline();
  }
}

package dev.sluice.withdrawal;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.notify.Notifications;
import dev.sluice.queue.AdaptiveLimit;
import dev.sluice.queue.GroupCommit;
import dev.sluice.queue.SchedulingDelay;
import dev.sluice.queue.Signal;
import dev.sluice.review.ReviewCases;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Wires withdrawals. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WithdrawalSettings.class, RiskSettings.class})
public class WithdrawalConfiguration {
  private static final int ACCEPT_PHASE = 500;

  /** Fires when an order becomes due for an attempt. */
  @Bean
  public Signal payoutDue() {
    return new Signal();
  }

  /** The first risk check. */
  @Bean
  public RiskCheck amountAbove(RiskSettings settings) {
    return new AmountAbove(
        CurrencyAmounts.parse("sluice.risk.review-above", settings.reviewAbove()));
  }

  /** The group commit that accepts. */
  @Bean
  public GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue(
      WithdrawalSettings settings,
      JdbcTemplate jdbc,
      Ledger ledger,
      Beneficiaries beneficiaries,
      ReviewCases reviews,
      PayableCheck payable,
      List<RiskCheck> riskChecks,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      Signal payoutDue,
      MeterRegistry metrics) {
    Acceptor acceptor =
        new Acceptor(
            new AcceptStore(jdbc),
            ledger,
            beneficiaries,
            reviews,
            payable,
            riskChecks,
            CurrencyAmounts.parse("sluice.withdrawals.fee", settings.fee()),
            transactions,
            clock,
            ids);
    return new GroupCommit<>(
        new GroupCommit.Settings(
            "accept",
            ACCEPT_PHASE,
            settings.queueCapacity(),
            settings.maxBatch(),
            settings.committers(),
            settings.patience()),
        WithdrawalRequest::userId,
        requests -> {
          List<AcceptResult> results = acceptor.accept(requests);
          payoutDue.fire();
          return results;
        },
        metrics);
  }

  /** How long requests that have arrived wait until they are begun. */
  @Bean
  public SchedulingDelay schedulingDelay(MeterRegistry metrics) {
    SchedulingDelay delay = new SchedulingDelay();
    TimeGauge.builder(
            "sluice.scheduling.delay", delay, TimeUnit.NANOSECONDS, SchedulingDelay::getAsLong)
        .description("How long a request that has arrived waits for a core until it is begun")
        .register(metrics);
    return delay;
  }

  /** Bounds the single requests that wait for it. */
  @Bean
  public AdaptiveLimit acceptLimit(
      WithdrawalSettings settings, LongSupplier schedulingDelay, MeterRegistry metrics) {
    AdaptiveLimit limit =
        new AdaptiveLimit(
            settings.leastWaiting(),
            settings.queueCapacity(),
            settings.waitFactor(),
            schedulingDelay,
            System::nanoTime);
    Gauge.builder("sluice.accept.limit", limit, AdaptiveLimit::limit)
        .description("Single requests that may wait at a time; one more is refused")
        .register(metrics);
    return limit;
  }

  /** What is read most. */
  @Bean
  public OrderReads orderReads(JdbcTemplate jdbc, Beneficiaries beneficiaries) {
    return ListStore.reads(jdbc, beneficiaries);
  }

  /** All withdrawals. */
  @Bean
  public Withdrawals withdrawals(
      JdbcTemplate jdbc,
      OrderReads orderReads,
      GroupCommit<WithdrawalRequest, AcceptResult> acceptQueue,
      AdaptiveLimit acceptLimit,
      Ledger ledger,
      ReviewCases reviews,
      Notifications notifications,
      JsonMapper json,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      Signal payoutDue) {
    return new Withdrawals(
        new WithdrawalStore(jdbc),
        new DueStore(jdbc),
        new ListStore(jdbc, orderReads),
        acceptQueue,
        acceptLimit,
        ledger,
        reviews,
        notifications,
        new NoticeWriter(json, ids),
        transactions,
        clock,
        payoutDue);
  }
}

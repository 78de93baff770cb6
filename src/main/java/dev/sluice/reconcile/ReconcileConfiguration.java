package dev.sluice.reconcile;

import dev.sluice.channel.Channel;
import dev.sluice.ledger.Ledger;
import dev.sluice.money.Ids;
import dev.sluice.payout.Payouts;
import dev.sluice.queue.Worker;
import dev.sluice.review.ReviewCases;
import dev.sluice.vault.Vault;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Wires reconciliation. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReconcileSettings.class)
public class ReconcileConfiguration {
  /** Its workers stop before the inbox that takes what statements tell. */
  private static final int WORKER_PHASE = 900;

  private static final Duration MEASURE_EVERY = Duration.ofSeconds(30);

  /** All of reconciliation. */
  @Bean
  public Reconciliation reconciliation(
      JdbcTemplate jdbc,
      Withdrawals withdrawals,
      Ledger ledger,
      ReviewCases reviews,
      Payouts payouts,
      ObjectProvider<Channel> channels,
      Vault vault,
      JsonMapper json,
      TransactionOperations transactions,
      Clock clock,
      Ids ids,
      ReconcileSettings settings,
      MeterRegistry metrics) {
    return new Reconciliation(
        jdbc,
        withdrawals,
        ledger,
        reviews,
        payouts.statements(),
        payouts.timeline(),
        channels.orderedStream().toList(),
        vault,
        json,
        transactions,
        clock,
        ids,
        settings,
        metrics);
  }

  /** Compares what has come in. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.reconcile.enabled", matchIfMissing = true)
  public Worker reconcileWorker(Reconciliation reconciliation, ReconcileSettings settings) {
    return new Worker("reconcile", WORKER_PHASE, settings.pollPause(), reconciliation::step);
  }

  /** Takes and fetches files. */
  @Bean
  @ConditionalOnBooleanProperty(name = "sluice.reconcile.enabled", matchIfMissing = true)
  public Worker collectWorker(Reconciliation reconciliation, ReconcileSettings settings) {
    return new Worker("collect", WORKER_PHASE, settings.pollPause(), reconciliation::collect);
  }

  /** Measures, and misses statements. */
  @Bean
  public Worker reconcileWatchWorker(Reconciliation reconciliation) {
    return new Worker("reconcile-watch", WORKER_PHASE, MEASURE_EVERY, reconciliation::watch);
  }
}

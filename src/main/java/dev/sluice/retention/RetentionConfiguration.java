package dev.sluice.retention;

import dev.sluice.queue.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/** Wires the job that archives. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RetentionSettings.class)
@ConditionalOnBooleanProperty(name = "sluice.retention.enabled", matchIfMissing = true)
public class RetentionConfiguration {
  private static final int WORKER_PHASE = 900;

  @Bean
  Retention retention(
      JdbcTemplate jdbc,
      TransactionOperations transactions,
      Clock clock,
      RetentionSettings settings,
      MeterRegistry metrics) {
    return new Retention(jdbc, transactions, clock, settings, metrics);
  }

  @Bean
  Worker retentionWorker(Retention retention, RetentionSettings settings) {
    return new Worker(
        "retention", WORKER_PHASE, settings.idlePause(), settings.pause(), retention::runOnce);
  }
}

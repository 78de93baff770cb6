package dev.sluice.notify;

import dev.sluice.money.Ids;
import dev.sluice.queue.Worker;
import dev.sluice.vault.Vault;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires notifications: what is enqueued, where it goes, and the worker that sends it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookSettings.class)
public class NotifyConfiguration {
  /** Lifecycle phase: it starts before, and stops after, whatever has a higher one. */
  private static final int WORKER_PHASE = 900;

  /** Calls end one by one: to record each alone would be a commit for one delivery. */
  private static final Duration GATHER = Duration.ofMillis(10);

  @Bean
  Sender webhookSender(Vault vault, Clock clock, WebhookSettings settings) {
    TargetGuard guard =
        new TargetGuard(settings.allowedRanges(), SystemDefaultDnsResolver.INSTANCE);
    return new HttpSender(vault, clock, settings, guard);
  }

  @Bean
  Deliverer webhookDeliverer(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Clock clock,
      WebhookSettings settings,
      Sender webhookSender,
      MeterRegistry meters) {
    return new Deliverer(
        jdbc,
        transactions,
        clock,
        new SecureRandom(),
        settings,
        webhookSender,
        Thread.ofVirtual().name("sluice-webhook-", 0)::start,
        meters);
  }

  @Bean
  Worker webhookWorker(Deliverer deliverer, WebhookSettings settings) {
    Worker worker =
        new Worker("webhooks", WORKER_PHASE, settings.idlePause(), GATHER, deliverer::runOnce);
    deliverer.onProgress(worker::wake);
    return worker;
  }

  @Bean
  Notifications notifications(JdbcTemplate jdbc, Deliverer deliverer) {
    return new Notifications(jdbc, deliverer::wake);
  }

  @Bean
  WebhookEndpoints webhookEndpoints(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      Vault vault,
      Ids ids,
      Clock clock,
      WebhookSettings settings,
      Deliverer deliverer) {
    return new WebhookEndpoints(jdbc, transactions, vault, ids, clock, settings, deliverer::wake);
  }
}

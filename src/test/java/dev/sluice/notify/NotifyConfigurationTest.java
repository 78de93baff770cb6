package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Worker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

class NotifyConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(NotifyConfiguration.class);

  @Test
  void deliversWithoutBeingStepped() throws Exception {
    try (Shop shop = new Shop()) {
      wired(shop)
          .withPropertyValues(
              "sluice.webhooks.allow-http=true", "sluice.webhooks.allowed-ranges=127.0.0.0/8")
          .run(
              context -> {
                assertThat(context).hasNotFailed().hasSingleBean(Worker.class);
                WebhookEndpoints endpoints = context.getBean(WebhookEndpoints.class);
                endpoints.register(shop.receiver.url("/hook"), List.of(), "ops-1");
                Notice notice = shop.enqueue("withdrawal.succeeded");
                context.getBean(Notifications.class).afterEnqueue();

                Shop.await("the delivery", () -> shop.receiver.got("/hook").size() == 1);
                assertThat(shop.receiver.got("/hook").getFirst().id())
                    .isEqualTo(notice.id().toString());
              });
      // closing the context has recorded what was under way
      assertThat(shop.jdbc.queryForList("select state from notification_delivery", String.class))
          .containsExactly("DELIVERED");
    }
  }

  @Test
  void hasSensibleDefaults() throws Exception {
    try (Shop shop = new Shop()) {
      wired(shop)
          .run(
              context -> {
                WebhookSettings settings = context.getBean(WebhookSettings.class);
                assertThat(settings.allowHttp()).isFalse();
                assertThat(settings.allowedRanges()).isEmpty();
                assertThat(settings.giveUpAfter()).isEqualTo(Duration.ofDays(3));
                assertThat(settings.retryPauses())
                    .hasSize(10)
                    .startsWith(Duration.ofSeconds(5))
                    .isSorted();
              });
    }
  }

  @Test
  void namesTheSettingThatMakesNoSense() throws Exception {
    try (Shop shop = new Shop()) {
      wired(shop)
          .withPropertyValues("sluice.webhooks.concurrency=0")
          .run(
              context ->
                  assertThat(context.getStartupFailure())
                      .rootCause()
                      .hasMessageContaining("sluice.webhooks.concurrency"));
    }
  }

  private ApplicationContextRunner wired(Shop shop) {
    return runner
        .withBean(JdbcTemplate.class, () -> shop.jdbc)
        .withBean(TransactionTemplate.class, () -> shop.transactions)
        .withBean(dev.sluice.vault.Vault.class, () -> shop.vault)
        .withBean(dev.sluice.money.Ids.class, () -> shop.ids)
        .withBean(
            io.micrometer.core.instrument.MeterRegistry.class,
            io.micrometer.core.instrument.simple.SimpleMeterRegistry::new)
        .withBean(Clock.class, () -> shop.clock);
  }
}

package dev.sluice.notify;

import dev.sluice.notify.DeliveryStore.Backlog;
import dev.sluice.notify.DeliveryStore.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What a dashboard sees of deliveries. */
final class DeliveryMeters {
  private final Counter delivered;
  private final Counter failed;
  private final Counter givenUp;
  private volatile Backlog backlog = Backlog.NONE;

  DeliveryMeters(MeterRegistry registry) {
    this.delivered = counter(registry, "delivered");
    this.failed = counter(registry, "failed");
    this.givenUp = counter(registry, "given_up");
    Gauge.builder("sluice.webhook.pending", this, meters -> meters.backlog.pending())
        .description("Deliveries that wait to be sent, over all instances; counted up to 100000")
        .register(registry);
    Gauge.builder(
            "sluice.webhook.oldest.due.age",
            this,
            meters -> meters.backlog.oldestDueAge().toMillis() / 1000.0)
        .description("How long the longest waiting delivery has been due")
        .baseUnit("seconds")
        .register(registry);
  }

  void count(Result result) {
    switch (result.state()) {
      case DELIVERED -> delivered.increment();
      case PENDING -> failed.increment();
      case GIVEN_UP -> givenUp.increment();
    }
  }

  void measured(Backlog measured) {
    backlog = measured;
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder("sluice.webhook.deliveries")
        .description("Tries to deliver a notice, by what came of them")
        .tag("result", result)
        .register(registry);
  }
}

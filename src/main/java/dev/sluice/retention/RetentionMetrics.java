package dev.sluice.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.UUID;

/** What a dashboard sees of the job. */
final class RetentionMetrics {
  private final Clock clock;
  private final Counter archived;
  private volatile long cursorMillis;
  private volatile int left;

  RetentionMetrics(Clock clock, MeterRegistry registry) {
    this.clock = clock;
    this.archived =
        Counter.builder("sluice.retention.archived")
            .description("Orders whose past this instance moved to the archive")
            .register(registry);
    Gauge.builder("sluice.retention.cursor.age", this, RetentionMetrics::cursorAgeSeconds)
        .description("How old the last order is that was looked at; 0 before the first one")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("sluice.retention.left", this, metrics -> metrics.left)
        .description("Old orders that aren't finished, to be looked at again")
        .register(registry);
  }

  void ran(int count, UUID cursor, int nowLeft) {
    archived.increment(count);
    cursorMillis = cursor.getMostSignificantBits() >>> 16; // an id begins with its time
    left = nowLeft;
  }

  private double cursorAgeSeconds() {
    long at = cursorMillis;
    return at == 0 ? 0 : (clock.millis() - at) / 1000.0;
  }
}

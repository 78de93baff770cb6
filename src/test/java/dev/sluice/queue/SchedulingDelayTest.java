package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SchedulingDelayTest {
  private static final long SHORT = Duration.ofMillis(50).toNanos();

  @Test
  void tellsOfCoresThatAreTakenWhileTheyAreTaken() {
    AtomicBoolean taken = new AtomicBoolean(true);
    try (SchedulingDelay delay = new SchedulingDelay();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Eventually.until("there is none", () -> delay.getAsLong() < SHORT);
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        threads.execute(
            () -> {
              while (taken.get()) {
                Thread.onSpinWait(); // gives its core to nobody
              }
            });
      }
      Eventually.until("a delay is seen", () -> delay.getAsLong() > 2 * SHORT);
      taken.set(false);
      Eventually.until("there is none", () -> delay.getAsLong() < SHORT);
    } finally {
      taken.set(false);
    }
  }

  @Test
  void tellsOfNoneWhenItIsClosed() {
    SchedulingDelay delay = new SchedulingDelay();
    delay.close();
    assertThat(delay.getAsLong()).isZero();
  }
}

package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SchedulingDelayTest {
  private static final long SHORT = Duration.ofMillis(50).toNanos();

  @Test
  void tellsOfCoresThatAreTakenWhileTheyAreTaken() throws InterruptedException {
    AtomicBoolean taken = new AtomicBoolean(true);
    try (SchedulingDelay delay = new SchedulingDelay();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(comes(() -> delay.getAsLong() < SHORT)).isTrue();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        threads.execute(
            () -> {
              while (taken.get()) {
                Thread.onSpinWait(); // gives its core to nobody
              }
            });
      }
      assertThat(comes(() -> delay.getAsLong() > 2 * SHORT)).isTrue();
      taken.set(false);
      assertThat(comes(() -> delay.getAsLong() < SHORT)).isTrue();
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

  private static boolean comes(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3000; i++) {
      if (condition.getAsBoolean()) {
        return true;
      }
      Thread.sleep(10);
    }
    return false;
  }
}

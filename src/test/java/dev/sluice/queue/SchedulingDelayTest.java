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
    try (SchedulingDelay delay = new SchedulingDelay();
        TakenCores taken = new TakenCores()) {
      Eventually.until("there is none", () -> delay.getAsLong() < SHORT);
      taken.take();
      Eventually.until("a delay is seen", () -> delay.getAsLong() > 2 * SHORT);
      taken.giveBack();
      Eventually.until("there is none", () -> delay.getAsLong() < SHORT);
    }
  }

  @Test
  void tellsOfCoresThatWereTakenWhileNobodyAsked() {
    try (SchedulingDelay delay = new SchedulingDelay();
        TakenCores taken = new TakenCores()) {
      Eventually.until("it rests", delay::rests);
      taken.take();
      Eventually.until("a delay is seen", () -> delay.getAsLong() > 2 * SHORT);
      taken.giveBack();
      Eventually.until("there is none", () -> delay.getAsLong() < SHORT);
      Eventually.until("it rests again", delay::rests);
      assertThat(delay.getAsLong()).as("a rest is no delay").isLessThan(3 * SHORT);
    }
  }

  @Test
  void tellsOfNoneWhenItIsClosed() {
    SchedulingDelay delay = new SchedulingDelay();
    delay.close();
    assertThat(delay.getAsLong()).isZero();
  }

  /** Virtual threads that give their core to nobody. */
  private static final class TakenCores implements AutoCloseable {
    private final AtomicBoolean taken = new AtomicBoolean(true);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    void take() {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        threads.execute(
            () -> {
              while (taken.get()) {
                Thread.onSpinWait();
              }
            });
      }
    }

    void giveBack() {
      taken.set(false);
    }

    @Override
    public void close() {
      giveBack();
      threads.close();
    }
  }
}

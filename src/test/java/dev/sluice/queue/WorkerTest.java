package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnAfterAStepThatFailed(boolean withAnError) throws InterruptedException {
    AtomicInteger steps = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(2);
    Worker worker =
        new Worker(
            "test",
            0,
            Duration.ofMillis(1),
            () -> {
              second.countDown();
              if (steps.incrementAndGet() == 1) {
                if (withAnError) {
                  throw new StackOverflowError("simulated");
                }
                throw new IllegalStateException("simulated");
              }
              return 0;
            });
    worker.start();
    try {
      assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      worker.stop();
    }
  }
}

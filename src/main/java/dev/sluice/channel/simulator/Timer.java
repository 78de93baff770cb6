package dev.sluice.channel.simulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs things later, each on a virtual thread; after {@link #close} it runs nothing more. */
final class Timer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Timer.class);

  private final ScheduledThreadPoolExecutor scheduler;
  private final CountDownLatch closing = new CountDownLatch(1);

  Timer() {
    this.scheduler =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("bank-timer").daemon().factory());
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Runs a task after a time. What it owes is in the journal, so a lost task is made up for. */
  void after(Duration delay, Runnable task) {
    try {
      var _ =
          scheduler.schedule(
              () -> Thread.ofVirtual().name("bank-task").start(() -> run(task)),
              Math.max(0, delay.toMillis()),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("a task came while the bank was closing");
    }
  }

  /** Waits, but not beyond the closing of the bank. */
  void pause(Duration pause) {
    try {
      boolean _ = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    var _ = scheduler.shutdownNow();
  }

  private void run(Runnable task) {
    try {
      if (closing.getCount() > 0) {
        task.run();
      }
    } catch (RuntimeException e) {
      if (closing.getCount() > 0) {
        log.error("a task of the simulated bank failed; it is made up for at the next start", e);
      }
    }
  }
}

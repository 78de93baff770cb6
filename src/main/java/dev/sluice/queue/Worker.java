package dev.sluice.queue;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs one step again and again on its own thread: at once while there is work, after a pause or a
 * {@link #wake} when there is none. The step itself belongs to the caller, so that tests and
 * simulated histories call it without any thread.
 */
public final class Worker implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration LONGEST_PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final String name;
  private final int phase;
  private final Duration idlePause;
  private final IntSupplier step;
  private final long gatherNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private boolean wakeRequested;
  private volatile boolean running;
  private volatile @Nullable Thread thread;

  /**
   * A worker that waits to be started.
   *
   * @param phase lifecycle phase: higher phases start later and stop sooner
   * @param idlePause how long to wait when a step found nothing to do
   * @param step does some work and returns how much it did; 0 means there was none
   */
  public Worker(String name, int phase, Duration idlePause, IntSupplier step) {
    this(name, phase, idlePause, Duration.ZERO, step);
  }

  /**
   * A worker whose steps are apart: each costs a commit, however little it does, and what comes
   * while it waits goes into the next one. Who has waited for longer than that starts at once.
   *
   * @param gather the least time from the beginning of a step to that of the next
   */
  public Worker(String name, int phase, Duration idlePause, Duration gather, IntSupplier step) {
    this.name = name;
    this.phase = phase;
    this.idlePause = idlePause;
    this.step = step;
    this.gatherNanos = gather.toNanos();
  }

  /** Ends the pause now: there is work. */
  public void wake() {
    lock.lock();
    try {
      wakeRequested = true;
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("sluice-" + name).start(this::loop);
  }

  /** Ends after the step under way. */
  @Override
  public void stop() {
    running = false;
    wake();
    Thread current = thread;
    if (current != null) {
      try {
        current.join(LONGEST_STOP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return phase;
  }

  private void loop() {
    Duration afterFailure = idlePause;
    long lastStep = System.nanoTime() - gatherNanos;
    while (running) {
      try {
        lastStep = gather(lastStep);
        if (step.getAsInt() == 0) {
          pause(idlePause);
        }
        afterFailure = idlePause;
      } catch (RuntimeException | Error e) { // an error, too: nobody else would do its work
        log.error("{} failed; it goes on in {} ms", name, afterFailure.toMillis(), e);
        pause(afterFailure);
        Duration doubled = afterFailure.multipliedBy(2);
        afterFailure =
            doubled.compareTo(LONGEST_PAUSE_AFTER_FAILURE) < 0
                ? doubled
                : LONGEST_PAUSE_AFTER_FAILURE;
      }
    }
  }

  /** Waits until the next step may begin, and returns when it does. */
  private long gather(long lastStep) {
    long left = lastStep + gatherNanos - System.nanoTime();
    if (left > 0) {
      LockSupport.parkNanos(left);
    }
    return System.nanoTime();
  }

  private void pause(Duration duration) {
    lock.lock();
    try {
      long left = duration.toNanos();
      while (!wakeRequested && running && left > 0) {
        left = woken.awaitNanos(left);
      }
      wakeRequested = false;
    } catch (InterruptedException e) {
      running = false;
    } finally {
      lock.unlock();
    }
  }
}

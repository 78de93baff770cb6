package dev.sluice.queue;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * How long a thread that has something to do waits for a core: one that sleeps again and again sees
 * how much later than it asked for it goes on. What has arrived and waits to be begun waits as long
 * and nothing else shows it, since whoever measures a request begins when it is begun.
 *
 * <p>While nobody asks, it looks 4 times a second instead of 200, which cost an idle service some
 * hundredths of a core. Who asks first wakes it, and the time until it is awake is a delay, too.
 */
public final class SchedulingDelay implements LongSupplier, AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long REST_NANOS = Duration.ofMillis(250).toNanos();

  private final Thread sleeper;
  private volatile boolean closed;
  private volatile boolean asked;
  private volatile long due = System.nanoTime();
  private volatile long lastNanos;

  /** Begins to measure. */
  public SchedulingDelay() {
    this.sleeper = Thread.ofVirtual().name("sluice-scheduling-delay").start(this::measure);
  }

  /** The delay now, in nanoseconds: the last one, or the present one if it is longer already. */
  @Override
  public long getAsLong() {
    if (!asked) {
      asked = true;
    }
    if (rests()) {
      due = System.nanoTime(); // from now on it waits for a core
      LockSupport.unpark(sleeper);
    }
    return closed ? 0 : Math.max(lastNanos, System.nanoTime() - due);
  }

  /** Whether it is asleep for longer than while it is asked. */
  boolean rests() {
    return due - System.nanoTime() > PAUSE_NANOS;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sleeper);
  }

  private void measure() {
    while (!closed) {
      long pause = asked ? PAUSE_NANOS : REST_NANOS;
      asked = false;
      due = System.nanoTime() + pause;
      LockSupport.parkNanos(pause);
      lastNanos = Math.max(0, System.nanoTime() - due);
    }
  }
}

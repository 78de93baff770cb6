package dev.sluice.queue;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * How long a thread that has something to do waits for a core: one that sleeps again and again sees
 * how much later than it asked for it goes on. What has arrived and waits to be begun waits as long
 * and nothing else shows it, since whoever measures a request begins when it is begun.
 */
public final class SchedulingDelay implements LongSupplier, AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

  private final Thread sleeper;
  private volatile boolean closed;
  private volatile long due = System.nanoTime();
  private volatile long lastNanos;

  /** Begins to measure. */
  public SchedulingDelay() {
    this.sleeper = Thread.ofVirtual().name("sluice-scheduling-delay").start(this::measure);
  }

  /** The delay now, in nanoseconds: the last one, or the present one if it is longer already. */
  @Override
  public long getAsLong() {
    return closed ? 0 : Math.max(lastNanos, System.nanoTime() - due);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sleeper);
  }

  private void measure() {
    while (!closed) {
      due = System.nanoTime() + PAUSE_NANOS;
      LockSupport.parkNanos(PAUSE_NANOS);
      lastNanos = Math.max(0, System.nanoTime() - due);
    }
  }
}

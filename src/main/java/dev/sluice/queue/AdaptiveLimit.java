package dev.sluice.queue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Bounds how many requests wait at a time by how long they wait, so that what is taken is answered
 * soon and what can't be is refused at once, however fast the database is today.
 *
 * <p>While few are under way it learns how long the work takes when nobody is in its way. While
 * many are, it lets in as many as can be answered within a multiple of that: by Little's law, that
 * time multiplied by the rate at which answers come. It never goes below a number with which a
 * group commit fills its batches, for with less it would only be slower.
 *
 * <p>What has arrived waits for a core before anybody here sees it. While requests are refused, the
 * limit shrinks by as much of the time allowed as that wait takes, down to a quarter of that
 * number: then more comes than the cores can even refuse.
 */
public final class AdaptiveLimit {
  private static final long WINDOW_NANOS = 50_000_000;
  private static final int LEAST_SAMPLES = 20;
  private static final int FIRST_LIMIT = 256;
  private static final int LEAST_PART = 4;

  /** However fast the work is, some tens of requests hold each other up as long. */
  private static final double LEAST_ALLOWED_NANOS = 10_000_000;

  /** A delay alone may be a hiccup that hurts nobody. */
  private static final long LATELY_NANOS = 1_000_000_000;

  private static final double NEWEST_WEIGHT = 0.1;

  /**
   * So many windows before what was learnt counts: the very first requests are slow by themselves.
   */
  private static final int WINDOWS_TO_LEARN = 20;

  /** What is learnt from one window at most, so that a standstill teaches little. */
  private static final double MOST_TIMES = 2;

  private final int least;
  private final int most;
  private final double factor;
  private final LongSupplier delayNanos;
  private final LongSupplier nanoTime;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger windowPeak = new AtomicInteger();
  private final ReentrantLock window = new ReentrantLock();
  private volatile int limit;
  private volatile double allowedNanos = Double.MAX_VALUE;
  private volatile long lastFull;
  private double unhinderedNanos;
  private long windowStart;
  private long windowNanos;
  private int windowCount;
  private int peakBefore;
  private int windowsLearntFrom;

  /**
   * A limit that has learnt nothing yet.
   *
   * @param least so many are always let in
   * @param most more than so many never are
   * @param factor how many times as long as unhindered work the average may take
   * @param delayNanos how long work waits before it comes here, as a {@link SchedulingDelay} tells
   * @param nanoTime the time, as of {@link System#nanoTime}
   * @throws IllegalArgumentException if the bounds or the factor make no sense
   */
  public AdaptiveLimit(
      int least, int most, double factor, LongSupplier delayNanos, LongSupplier nanoTime) {
    if (least < 1 || most < least || !(factor > 1)) {
      throw new IllegalArgumentException(
          "a limit from %d to %d at %s times as long makes no sense"
              .formatted(least, most, factor));
    }
    this.least = least;
    this.most = most;
    this.factor = factor;
    this.delayNanos = delayNanos;
    this.nanoTime = nanoTime;
    this.limit = Math.clamp(FIRST_LIMIT, least, most);
    this.windowStart = nanoTime.getAsLong();
    this.lastFull = windowStart - LATELY_NANOS;
  }

  /**
   * Does the work, if there is room for it.
   *
   * @throws GroupCommit.Overloaded if there isn't: nothing was done
   */
  public <T> T run(Supplier<T> work) {
    int before = underWay.getAndIncrement();
    if (isTooMany(before)) {
      underWay.decrementAndGet();
      throw new GroupCommit.Overloaded("as many wait as can be answered soon");
    }
    if (before + 1 > windowPeak.get()) {
      windowPeak.accumulateAndGet(before + 1, Math::max);
    }
    long start = nanoTime.getAsLong();
    try {
      return work.get();
    } finally {
      underWay.decrementAndGet();
      ended(start);
    }
  }

  /** Whether one more would be refused now; asked before anything is spent on a request. */
  public boolean isFull() {
    return isTooMany(underWay.get());
  }

  /** How many may be under way, less what the wait before takes of it. */
  public int limit() {
    return limit;
  }

  private boolean isTooMany(int others) {
    long now = nanoTime.getAsLong();
    boolean full = others >= limitAt(now);
    if (full) {
      lastFull = now;
    }
    return full;
  }

  private double limitAt(long now) {
    if (now - lastFull >= LATELY_NANOS) {
      return limit;
    }
    double delayed = delayNanos.getAsLong() / Math.max(allowedNanos, LEAST_ALLOWED_NANOS);
    return Math.max(limit * (1 - delayed), Math.ceilDiv(least, LEAST_PART));
  }

  private void ended(long start) {
    long now = nanoTime.getAsLong();
    window.lock();
    try {
      windowNanos += now - start;
      windowCount++;
      if (now - windowStart >= WINDOW_NANOS && windowCount >= LEAST_SAMPLES) {
        int peak = windowPeak.getAndSet(underWay.get());
        adapt(now, peak);
        windowStart = now;
        windowNanos = 0;
        windowCount = 0;
        peakBefore = peak;
      }
    } finally {
      window.unlock();
    }
  }

  private void adapt(long now, int peak) {
    double average = (double) windowNanos / windowCount;
    // Who came while few were under way may have been held up by those who came after: a window
    // teaches what is unhindered only if there were few in the one before it, too.
    if (Math.max(peak, peakBefore) <= least / 2) {
      windowsLearntFrom++;
      unhinderedNanos =
          unhinderedNanos == 0
              ? average
              : unhinderedNanos
                  + (Math.min(average, MOST_TIMES * unhinderedNanos) - unhinderedNanos)
                      * NEWEST_WEIGHT;
      if (windowsLearntFrom >= WINDOWS_TO_LEARN) {
        allowedNanos = unhinderedNanos * factor;
      }
    } else if (windowsLearntFrom >= WINDOWS_TO_LEARN) {
      double perNano = (double) windowCount / (now - windowStart);
      double wanted = allowedNanos * perNano;
      // With few under way the rate says nothing of what could be done; with more than can be
      // answered in time it does, however far below the limit they are.
      if (peak > Math.min(limit / 2.0, wanted)) {
        // Half the way: one window's rate is a rough figure.
        limit = Math.clamp(Math.round((limit + wanted) / 2), least, most);
      }
    }
  }
}

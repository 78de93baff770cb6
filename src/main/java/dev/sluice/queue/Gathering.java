package dev.sluice.queue;

import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says when a batch is full enough. While one commit runs, waiting for it gathers a fuller batch
 * than starting beside it; and those who were answered together come back together.
 */
final class Gathering {
  private static final long LONGEST_LINGER_NANOS = 4_000_000;

  /** A commit that takes longer waits for a lock or a lost connection: others needn't. */
  private static final long LONGEST_GATHER_NANOS = 1_000_000_000;

  /**
   * So many that wait are worth a further commit beside the one that runs: while that one waits for
   * the disk, the processors have nothing else to do.
   */
  private static final int WORTH_A_FURTHER_COMMIT = 24;

  /** So many that wait are worth a commit, however little time has passed since the last began. */
  private static final int WORTH_A_COMMIT = 16;

  /**
   * Small commits begin so far apart at least. One for an order or two costs nearly as much as one
   * for twenty; with a few hundred orders a second, each alone, they would take a fifth of a small
   * machine. Whoever comes after a pause is committed at once.
   */
  private static final long LEAST_APART_NANOS = 10_000_000;

  /** With each commit a sixteenth of those who were here lately is forgotten. */
  private static final int FORGETS = 16;

  private static final int NOBODY_WAITS = Integer.MAX_VALUE;

  private final Queue<?> queue;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int inFlight;

  /** Requests in the commits that run. */
  private int committing;

  /** About as many as have been here at once lately, waiting or being committed. */
  private int most;

  private int lastSize;
  private long lastNanos;
  private long lastStart = System.nanoTime() - LEAST_APART_NANOS;
  private boolean closed;

  /** How many must wait in the queue before the gatherer has to know. */
  private volatile int enough = NOBODY_WAITS;

  Gathering(Queue<?> queue) {
    this.queue = queue;
  }

  /** After each request that was put into the queue. */
  void arrived() {
    int waitedFor = enough;
    if (waitedFor != NOBODY_WAITS && queue.size() >= waitedFor) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits until what is in the queue, and the one taken from it, are worth a commit; counts it.
   *
   * @return how many it should have at most: half of all that are here, if the other half is worth
   *     a commit beside it, so that there is work for more than one processor
   */
  int awaitEnough() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitSize(furtherCommit(), LONGEST_GATHER_NANOS, true);
      // Half as many as the last commit had, for half of its time at most.
      int half = Math.min(lastSize / 2, most - committing) - 1;
      awaitSize(half, Math.min(lastNanos / 2, LONGEST_LINGER_NANOS), false);
      long apart = System.nanoTime() - lastStart;
      awaitSize(WORTH_A_COMMIT, LEAST_APART_NANOS - apart, false);
      lastStart = System.nanoTime();
      inFlight++;
      return share(Math.max(most, committing + queue.size() + 1));
    } finally {
      enough = NOBODY_WAITS;
      lock.unlock();
    }
  }

  /** Half of all, unless what it leaves is too little to be committed beside it. */
  private static int share(int all) {
    int half = Math.max(WORTH_A_FURTHER_COMMIT, (all + 1) / 2);
    return all - half < WORTH_A_COMMIT ? all : half;
  }

  /** As many as are worth it, or fewer if all who were here lately are under way already. */
  private int furtherCommit() {
    int others = most - committing - 1;
    return others < WORTH_A_COMMIT
        ? WORTH_A_FURTHER_COMMIT
        : Math.min(others, WORTH_A_FURTHER_COMMIT);
  }

  /** A commit of so many begins. */
  void begun(int size) {
    lock.lock();
    try {
      committing += size;
      most = Math.max(committing + queue.size(), most - most / FORGETS);
    } finally {
      lock.unlock();
    }
  }

  /** So many more have joined the commit that has begun last. */
  void joined(int more) {
    lock.lock();
    try {
      committing += more;
    } finally {
      lock.unlock();
    }
  }

  private void awaitSize(int size, long nanos, boolean untilNoCommitRuns)
      throws InterruptedException {
    long left = nanos;
    enough = size; // before the look at the queue: whoever comes after that sees it
    while (left > 0 && !closed && queue.size() < size && !(untilNoCommitRuns && inFlight == 0)) {
      left = changed.awaitNanos(left);
    }
  }

  /** A commit of so many has ended. */
  void ended(int size, long nanos) {
    lock.lock();
    try {
      inFlight--;
      committing -= size;
      lastSize = size;
      lastNanos = nanos;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing is waited for, or, opened anew, it is again. */
  void close(boolean now) {
    lock.lock();
    try {
      closed = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package dev.sluice.queue;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps commits apart that change the same rows. In the database the later one would wait for the
 * end of the earlier one all the same, with a session asleep meanwhile that then looks at its rows
 * anew. This only makes it faster: the database decides, and other instances aren't known here.
 *
 * @param <Q> a request
 */
final class SharedRows<Q> {
  /** A commit that takes longer waits for a lock or a lost connection: nobody waits for that. */
  private static final long LONGEST_WAIT_NANOS = 1_000_000_000;

  private final Function<Q, ? extends @Nullable Object> rowOf;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Map<Object, Set<Object>> underWay = new IdentityHashMap<>();

  /**
   * Nothing is under way at first.
   *
   * @param rowOf what requests for the same row have in common, or null for a request that shares
   *     none
   */
  SharedRows(Function<Q, ? extends @Nullable Object> rowOf) {
    this.rowOf = rowOf;
  }

  /**
   * Waits until no commit under way changes a row of these, for a second at most; from then on this
   * commit is under way.
   *
   * @param commit its requests; known by its identity
   * @param takeMore adds to them what has come while they waited, once nobody is in their way
   */
  void begin(Collection<? extends Waiting<Q, ?>> commit, Runnable takeMore)
      throws InterruptedException {
    Set<Object> rows = rowsOf(commit);
    lock.lockInterruptibly();
    try {
      long left = LONGEST_WAIT_NANOS;
      while (left > 0 && isShared(rows)) {
        left = ended.awaitNanos(left);
        if (!isShared(rows)) { // beside a commit that hangs, nobody else is drawn into the wait
          takeMore.run();
          rows = rowsOf(commit);
        }
      }
      underWay.put(commit, rows);
    } finally {
      lock.unlock();
    }
  }

  private Set<Object> rowsOf(Collection<? extends Waiting<Q, ?>> commit) {
    Set<Object> rows = new HashSet<>();
    for (Waiting<Q, ?> waiting : commit) {
      Object row = rowOf.apply(waiting.request());
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  private boolean isShared(Set<Object> rows) {
    return underWay.values().stream().anyMatch(others -> !Collections.disjoint(rows, others));
  }

  /** It has ended. */
  void end(Collection<? extends Waiting<Q, ?>> commit) {
    lock.lock();
    try {
      underWay.remove(commit);
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

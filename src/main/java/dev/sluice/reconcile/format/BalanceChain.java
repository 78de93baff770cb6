package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementRefused.Reason;

/**
 * Checks that entries which each tell the balance after them make one chain, with nothing left out,
 * put in or moved across the ends. What is booked in the same second may stand in any order, so
 * each balance from which an entry starts must be one that another entry ends with, but for the
 * first and the last; hashes of these are summed up, in constant memory.
 */
final class BalanceChain {
  private long starts;
  private long ends;
  private long firstStart;
  private long firstEnd;
  private long lastStart;
  private long lastEnd;
  private long count;

  /**
   * The next entry.
   *
   * @param change what it adds to the account; negative if it takes
   * @param after the balance after it
   */
  void add(long change, long after) {
    long before = after - change;
    starts += mix(before);
    ends += mix(after);
    if (count++ == 0) {
      firstStart = before;
      firstEnd = after;
    }
    lastStart = before;
    lastEnd = after;
  }

  /** All entries were added, from the oldest to the newest or the other way round. */
  void check() throws StatementRefused {
    boolean forward = starts - mix(firstStart) == ends - mix(lastEnd);
    boolean backward = starts - mix(lastStart) == ends - mix(firstEnd);
    if (count > 0 && !forward && !backward) {
      throw new StatementRefused(
          Reason.BALANCE_DIFFERS, "opening balance and entries don't make the closing balance");
    }
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

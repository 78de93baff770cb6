package dev.sluice.bench;

import java.util.Arrays;

/** What became of the orders of an {@link OpenLoad}, and how long each took. */
final class Answers {
  private static final int SLICES_PER_SECOND = 5;

  private final long start;
  private final Times accepted = new Times();
  private final Times refused = new Times();
  private final Times[] slices;
  private final long[] refusedInSlice;
  private long other;
  private long unanswered;

  /** Times in microseconds. */
  private static final class Times {
    private int[] micros = new int[1024];
    private int count;

    void add(long nanos) {
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, count * 2);
      }
      micros[count++] = (int) Math.min(nanos / 1000, Integer.MAX_VALUE);
    }

    double millis(double quantile) {
      if (count == 0) {
        return 0;
      }
      int[] sorted = Arrays.copyOf(micros, count);
      Arrays.sort(sorted);
      return sorted[(int) Math.min(count - 1, Math.ceil(count * quantile) - 1)] / 1000.0;
    }
  }

  Answers(long start, int seconds) {
    this.start = start;
    this.slices = new Times[seconds * SLICES_PER_SECOND];
    this.refusedInSlice = new long[slices.length];
    Arrays.setAll(slices, _ -> new Times());
  }

  void add(int status, boolean retryAfter, long due, long now) {
    int slice = slice(due);
    if (status == 201) {
      accepted.add(now - due);
      slices[slice].add(now - due);
    } else if (status == 429 && retryAfter) {
      refused.add(now - due);
      refusedInSlice[slice]++;
    } else {
      other++;
    }
  }

  /** The connection broke. */
  void broken(long due) {
    other++;
    refusedInSlice[slice(due)]++;
  }

  void unanswered(long count) {
    unanswered = count;
  }

  private int slice(long due) {
    long at = (due - start) * SLICES_PER_SECOND / 1_000_000_000L;
    return (int) Math.min(slices.length - 1, at);
  }

  long count() {
    return accepted.count + refused.count + other;
  }

  long accepted() {
    return accepted.count;
  }

  long refused() {
    return refused.count;
  }

  /** Answered in another way than with 201 or 429, or not at all. */
  long failed() {
    return other + unanswered;
  }

  /** How many of all that were sent were accepted, in percent. */
  double acceptedPercent() {
    return 100.0 * accepted.count / (count() + unanswered);
  }

  double acceptedMillis(double quantile) {
    return accepted.millis(quantile);
  }

  double refusedMillis(double quantile) {
    return refused.millis(quantile);
  }

  /** Seconds until a slice came in which nothing was refused and almost all came within that. */
  double secondsUntil(double p99Millis) {
    for (int i = 0; i < slices.length; i++) {
      if (refusedInSlice[i] == 0 && slices[i].count > 0 && slices[i].millis(0.99) <= p99Millis) {
        return (double) i / SLICES_PER_SECOND;
      }
    }
    return (double) slices.length / SLICES_PER_SECOND;
  }
}

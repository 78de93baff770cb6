package dev.sluice.queue;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Answers those who have waited for too long, some tenths of a second late at most. One thread that
 * looks now and then costs less than a timer for each request.
 */
final class Watch<Q, A> {
  private static final long PAUSE_MILLIS = 100;

  private final String name;
  private final Queue<Waiting<Q, A>> queue;
  private final long patienceNanos;
  private final Set<UnderWay<Q, A>> commits = ConcurrentHashMap.newKeySet();
  private @Nullable CountDownLatch stopped;

  Watch(String name, Queue<Waiting<Q, A>> queue, Duration patience) {
    this.name = name;
    this.queue = queue;
    this.patienceNanos = patience.toNanos();
  }

  /** Requests that are being committed. A class, not a record: known by its identity. */
  static final class UnderWay<Q, A> implements AutoCloseable {
    private final List<Waiting<Q, A>> batch;
    private final Watch<Q, A> watch;

    private UnderWay(List<Waiting<Q, A>> batch, Watch<Q, A> watch) {
      this.batch = batch;
      this.watch = watch;
    }

    List<Waiting<Q, A>> batch() {
      return batch;
    }

    /** Whoever has no answer by now, since the commit ended in an error, gets none: unknown. */
    @Override
    public void close() {
      watch.commits.remove(this);
      batch.forEach(Watch::endUnknown);
    }
  }

  /** Watches these until closed. */
  UnderWay<Q, A> over(List<Waiting<Q, A>> batch) {
    UnderWay<Q, A> commit = new UnderWay<>(List.copyOf(batch), this);
    commits.add(commit);
    return commit;
  }

  synchronized void start() {
    CountDownLatch end = new CountDownLatch(1);
    stopped = end;
    Thread.ofPlatform().name("sluice-" + name + "-watch").daemon().start(() -> run(end));
  }

  /** Ends the watch; whoever is being committed still has waited for long enough. */
  synchronized void stop() {
    if (stopped != null) {
      stopped.countDown();
      stopped = null;
    }
    commits.forEach(commit -> commit.batch.forEach(Watch::endUnknown));
  }

  private void run(CountDownLatch end) {
    try {
      while (!end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        for (Waiting<Q, A> waiting : queue) {
          // Still in the queue: taken back, so surely not done.
          if (overdue(waiting, now) && queue.remove(waiting)) {
            waiting
                .answer()
                .completeExceptionally(new GroupCommit.Overloaded(name + " is too slow"));
          }
        }
        for (UnderWay<Q, A> commit : commits) {
          commit.batch.stream().filter(w -> overdue(w, now)).forEach(Watch::endUnknown);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void endUnknown(Waiting<?, ?> waiting) {
    if (!waiting.answer().isDone()) {
      waiting.answer().completeExceptionally(new TimeoutException("no answer in time"));
    }
  }

  private boolean overdue(Waiting<Q, A> waiting, long now) {
    return now - waiting.since() > patienceNanos;
  }
}

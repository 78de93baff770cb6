package dev.sluice.queue;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.TransactionException;

/**
 * Group commit: requests wait in a bounded queue, committers take what is there and commit it as
 * one transaction, then each caller gets its own answer.
 *
 * <p>A batch costs about as much as some twenty requests, so full batches are worth a short wait
 * ({@link Gathering}). Who is alone is committed at once. Two commits that change the same row are
 * done one after the other ({@link SharedRows}).
 *
 * <p>If a batch fails because of what is in it, each request is tried alone, so that one bad
 * request fails alone. If the database can't be reached, all of the batch fail at once: their
 * outcome is unknown to the caller, who sends again under the same key.
 *
 * @param <Q> a request
 * @param <A> its answer
 */
public final class GroupCommit<Q, A> implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
  private static final long POLL_MILLIS = 100;

  private final Settings settings;
  private final Function<List<Q>, List<A>> commit;
  private final BlockingQueue<Waiting<Q, A>> queue;
  private final DistributionSummary batchSizes;
  private final List<Thread> committers = new ArrayList<>();
  private final ReentrantLock turn = new ReentrantLock();
  private final Gathering gathering;
  private final SharedRows<Q> sharedRows;
  private final Watch<Q, A> watch;
  private final Lanes<Waiting<Q, A>> lanes;
  private volatile boolean accepting = true;
  private volatile boolean committing;

  /**
   * How a group commit is bounded.
   *
   * @param name of the threads and metrics
   * @param phase lifecycle phase: higher phases stop sooner
   * @param capacity requests that may wait
   * @param maxBatch requests in one commit
   * @param committers threads; with 0 the caller's thread commits each request alone, which is what
   *     a simulated history steps through
   * @param patience the longest that a caller waits for its answer
   */
  public record Settings(
      String name, int phase, int capacity, int maxBatch, int committers, Duration patience) {}

  /**
   * A group commit that waits to be started and doesn't ask which requests change the same rows.
   *
   * @param commit commits all of the given requests in one transaction and answers each, in order
   */
  public GroupCommit(Settings settings, Function<List<Q>, List<A>> commit, MeterRegistry metrics) {
    this(settings, request -> null, commit, metrics);
  }

  /**
   * A group commit that waits to be started.
   *
   * @param rowOf what requests that change the same row have in common, or null for those that
   *     share none: two commits that have some in common aren't done at the same time
   * @param commit commits all of the given requests in one transaction and answers each, in order
   */
  public GroupCommit(
      Settings settings,
      Function<Q, ? extends @Nullable Object> rowOf,
      Function<List<Q>, List<A>> commit,
      MeterRegistry metrics) {
    this.settings = settings;
    this.commit = commit;
    this.queue = new ArrayBlockingQueue<>(settings.capacity());
    this.gathering = new Gathering(queue);
    this.sharedRows = new SharedRows<>(rowOf);
    this.watch = new Watch<>(settings.name(), queue, settings.patience());
    this.lanes =
        new Lanes<>(
            Math.max(1, settings.committers()),
            settings.maxBatch(),
            settings.patience(),
            this::answerUnlessStopping,
            this::refuse);
    this.batchSizes =
        DistributionSummary.builder("sluice.batch.size")
            .description("Requests per commit")
            .tag("queue", settings.name())
            .publishPercentiles(0.5, 0.99)
            .register(metrics);
    Gauge.builder("sluice.queue.depth", queue, BlockingQueue::size)
        .description("Requests waiting for a commit")
        .tag("queue", settings.name())
        .register(metrics);
  }

  /**
   * Hands in a request and waits for its answer.
   *
   * @throws Overloaded if the queue is full or closing: nothing was done
   * @throws OutcomeUnknown if no answer came in time or the database failed: it may have been done
   */
  public A submit(Q request) {
    Waiting<Q, A> waiting = new Waiting<>(request);
    if (settings.committers() == 0) {
      answer(List.of(waiting));
    } else {
      enqueue(waiting);
    }
    return await(waiting);
  }

  /** What became of one of several requests that were handed in together. */
  public sealed interface Submitted<A> {
    /** It was committed, with this answer. */
    record Answered<A>(A answer) implements Submitted<A> {}

    /** The queue was full or closing: nothing was done. */
    record NotTaken<A>(Overloaded why) implements Submitted<A> {}

    /** It may or may not have been done; sending again under the same key tells. */
    record Unknown<A>(OutcomeUnknown why) implements Submitted<A> {}
  }

  /**
   * Commits several requests at once on the caller's thread: as many commits as they fill, beside
   * those of the queue. Each request stands alone all the same; one that is not taken or fails
   * takes no other with it.
   *
   * <p>There are as many lanes as committers, and in each one commit at a time: what goes by the
   * same lane keeps its order.
   *
   * @param laneOf a number for each request, the same for those that change the same rows
   * @return what became of each, in order
   */
  public List<Submitted<A>> submitAll(List<Q> requests, ToIntFunction<Q> laneOf) {
    List<Waiting<Q, A>> all = requests.stream().map(Waiting<Q, A>::new).toList();
    lanes.commitAll(all, waiting -> laneOf.applyAsInt(waiting.request()));
    return all.stream().map(waiting -> outcome(waiting)).toList();
  }

  private void answerUnlessStopping(List<Waiting<Q, A>> batch) {
    if (accepting) {
      answer(batch);
    } else {
      refuse(batch, " is stopping");
    }
  }

  private void refuse(List<Waiting<Q, A>> batch, String why) {
    Overloaded refused = new Overloaded(settings.name() + why);
    batch.forEach(w -> w.answer().completeExceptionally(refused));
  }

  private Submitted<A> outcome(Waiting<Q, A> waiting) {
    try {
      return new Submitted.Answered<>(await(waiting));
    } catch (Overloaded e) {
      return new Submitted.NotTaken<>(e);
    } catch (OutcomeUnknown e) {
      return new Submitted.Unknown<>(e);
    }
  }

  private void enqueue(Waiting<Q, A> waiting) {
    if (!accepting || !queue.offer(waiting)) {
      throw new Overloaded(settings.name() + (accepting ? " is full" : " is stopping"));
    }
    gathering.arrived();
    if (!accepting && !committing && queue.remove(waiting)) {
      throw new Overloaded(settings.name() + " is stopping");
    }
  }

  /** Without a time-out of its own, which costs a timer per request: the watch ends the wait. */
  private A await(Waiting<Q, A> waiting) {
    try {
      return waiting.answer().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutcomeUnknown("interrupted while waiting for " + settings.name(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Overloaded overloaded) {
        throw overloaded;
      }
      throw new OutcomeUnknown(settings.name() + " failed or did not answer in time", e);
    }
  }

  /** How full the queue is, from 0 to 1. */
  public double load() {
    return (double) queue.size() / settings.capacity();
  }

  @Override
  public void start() {
    accepting = true;
    gathering.close(false);
    committing = true;
    for (int i = 1; i <= settings.committers(); i++) {
      committers.add(
          Thread.ofPlatform().name("sluice-" + settings.name() + "-" + i).start(this::loop));
    }
    if (settings.committers() > 0) {
      watch.start();
    }
  }

  /** Takes nothing more, commits what waits, then ends. */
  @Override
  public void stop() {
    accepting = false;
    gathering.close(true);
    try {
      for (Thread committer : committers) {
        committer.join(settings.patience());
      }
      lanes.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    committing = false;
    watch.stop();
    committers.clear();
    List<Waiting<Q, A>> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(
        w -> w.answer().completeExceptionally(new Overloaded(settings.name() + " is stopping")));
  }

  @Override
  public boolean isRunning() {
    return !committers.isEmpty();
  }

  @Override
  public int getPhase() {
    return settings.phase();
  }

  private void loop() {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    try {
      while (gather(batch)) {
        if (!batch.isEmpty()) {
          commitTimed(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      batch.forEach(
          w -> w.answer().completeExceptionally(new Overloaded(settings.name() + " is stopping")));
      Thread.currentThread().interrupt();
    }
  }

  /** One committer gathers at a time; the others commit, or wait for their turn to gather. */
  private boolean gather(List<Waiting<Q, A>> batch) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      Waiting<Q, A> first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (first == null) {
        return accepting;
      }
      batch.add(first);
      queue.drainTo(batch, Math.min(gathering.awaitEnough(), settings.maxBatch()) - 1);
      gathering.begun(batch.size());
      sharedRows.begin(batch, () -> takeMore(batch));
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** All that wait: what shares rows with another commit can't be committed beside it. */
  private void takeMore(List<Waiting<Q, A>> batch) {
    gathering.joined(queue.drainTo(batch, settings.maxBatch() - batch.size()));
  }

  private void commitTimed(List<Waiting<Q, A>> batch) {
    long start = System.nanoTime();
    try (Watch.UnderWay<Q, A> watched = watch.over(batch)) {
      answer(watched.batch());
    } catch (Error e) {
      // Such as no memory left. The watch has told those of the batch; the committer goes on, or
      // nobody would commit what comes next.
      log.error("a commit of {} {} ended in an error", batch.size(), settings.name(), e);
    } finally {
      sharedRows.end(batch);
      gathering.ended(batch.size(), System.nanoTime() - start);
    }
  }

  private void answer(List<Waiting<Q, A>> batch) {
    batchSizes.record(batch.size());
    try {
      List<A> answers = commit.apply(batch.stream().map(Waiting::request).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answer().complete(answers.get(i));
      }
    } catch (RuntimeException e) {
      if (batch.size() > 1 && !databaseFailed(e)) {
        log.warn("a batch of {} {} failed; each is tried alone", batch.size(), settings.name(), e);
        batch.forEach(w -> answer(List.of(w)));
      } else if (e instanceof ConcurrencyFailureException || e instanceof DuplicateKeyException) {
        // A deadlock or a lost race, alone: nothing was done, and a second try sees who won.
        retryOnce(batch.getFirst());
      } else {
        fail(batch, e);
      }
    }
  }

  private void fail(List<Waiting<Q, A>> batch, RuntimeException e) {
    log.warn(
        "a commit of {} {} failed; their outcome is unknown", batch.size(), settings.name(), e);
    batch.forEach(w -> w.answer().completeExceptionally(e));
  }

  private void retryOnce(Waiting<Q, A> alone) {
    try {
      alone.answer().complete(commit.apply(List.of(alone.request())).getFirst());
    } catch (RuntimeException e) {
      fail(List.of(alone), e);
    }
  }

  private static boolean databaseFailed(RuntimeException e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransactionException
        || e instanceof QueryTimeoutException;
  }

  /** The queue is full or closing; nothing was done, and trying again later helps. */
  public static final class Overloaded extends RuntimeException {
    Overloaded(String message) {
      super(message, null, false, false);
    }
  }

  /** It may or may not have been done; sending again under the same key tells. */
  public static final class OutcomeUnknown extends RuntimeException {
    OutcomeUnknown(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

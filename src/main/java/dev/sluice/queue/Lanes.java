package dev.sluice.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Where several requests that were handed in together are committed, on their caller's thread: a
 * few lanes, and in each one commit at a time.
 *
 * <p>What goes by the same lane keeps its order; what goes by different ones never has to wait for
 * another's rows, if whatever shares rows shares its lane.
 *
 * @param <T> a request
 */
final class Lanes<T> {
  private final List<Semaphore> lanes;
  private final int maxBatch;
  private final Duration patience;
  private final Consumer<List<T>> commit;
  private final BiConsumer<List<T>, String> refuse;

  /**
   * Lanes that are all free.
   *
   * @param maxBatch requests in one commit
   * @param patience the longest that a caller waits for a lane
   * @param commit commits and answers the given requests
   * @param refuse answers the given requests that nothing was done, and why
   */
  Lanes(
      int count,
      int maxBatch,
      Duration patience,
      Consumer<List<T>> commit,
      BiConsumer<List<T>, String> refuse) {
    this.lanes = Stream.generate(() -> new Semaphore(1, true)).limit(count).toList();
    this.maxBatch = maxBatch;
    this.patience = patience;
    this.commit = commit;
    this.refuse = refuse;
  }

  /**
   * Commits or refuses all of the given requests, with as many commits as they fill.
   *
   * @param laneOf a number for each request, the same for those that change the same rows
   */
  void commitAll(List<T> requests, ToIntFunction<T> laneOf) {
    List<Deque<List<T>>> commits = byLane(requests, laneOf);
    while (commits.stream().anyMatch(inLane -> !inLane.isEmpty())) {
      commitNext(commits);
    }
  }

  private List<Deque<List<T>>> byLane(List<T> requests, ToIntFunction<T> laneOf) {
    List<Deque<List<T>>> commits = new ArrayList<>();
    lanes.forEach(lane -> commits.add(new ArrayDeque<>()));
    for (T request : requests) {
      int lane = Math.floorMod(laneOf.applyAsInt(request), lanes.size());
      Deque<List<T>> inLane = commits.get(lane);
      if (inLane.isEmpty() || inLane.getLast().size() == maxBatch) {
        inLane.add(new ArrayList<>());
      }
      inLane.getLast().add(request);
    }
    return commits;
  }

  /** The next commit of a lane that is free, or else of the first that has any, once it is. */
  private void commitNext(List<Deque<List<T>>> commits) {
    int first = -1;
    for (int lane = 0; lane < commits.size(); lane++) {
      if (!commits.get(lane).isEmpty()) {
        first = first < 0 ? lane : first;
        if (lanes.get(lane).tryAcquire()) {
          commitIn(lane, commits.get(lane).remove());
          return;
        }
      }
    }
    List<T> batch = commits.get(first).remove();
    try {
      if (lanes.get(first).tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        commitIn(first, batch);
      } else {
        refuse.accept(batch, " is full");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse.accept(batch, " was interrupted");
    }
  }

  private void commitIn(int lane, List<T> batch) {
    try {
      commit.accept(batch);
    } finally {
      lanes.get(lane).release();
    }
  }

  /** Waits for the commits that are under way, for as long as a caller would for each lane. */
  void awaitEnd() throws InterruptedException {
    for (Semaphore lane : lanes) {
      if (lane.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        lane.release();
      }
    }
  }
}

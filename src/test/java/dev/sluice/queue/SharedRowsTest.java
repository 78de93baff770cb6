package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two commits that change the same row aren't done at the same time. */
class SharedRowsTest {
  private final SharedRows<Integer> rows =
      new SharedRows<>(request -> request < 0 ? null : request);
  private final List<List<Waiting<Integer, String>>> begun = new CopyOnWriteArrayList<>();

  @Test
  void theLaterCommitWaitsForTheOneThatSharesARowWithIt() throws Exception {
    List<Waiting<Integer, String>> first = commit(1, 2);
    List<Waiting<Integer, String>> second = commit(3, 4);
    List<Waiting<Integer, String>> third = commit(2, 3);
    begin(first);
    begin(second);
    Thread later = start(third);
    awaitWaiting(later);

    rows.end(first);
    awaitWaiting(later);
    assertThat(begun).containsExactly(first, second);

    rows.end(second);
    later.join(Duration.ofSeconds(30));
    assertThat(begun).containsExactly(first, second, third);
  }

  @Test
  void aCommitThatWaitedTakesAlongWhatHasComeMeanwhile() throws Exception {
    List<Waiting<Integer, String>> first = commit(1);
    List<Waiting<Integer, String>> second = commit(2);
    List<Waiting<Integer, String>> third = new ArrayList<>(commit(1));
    begin(first);
    begin(second);
    AtomicInteger taken = new AtomicInteger();
    Thread later =
        start(
            third,
            () -> {
              if (taken.incrementAndGet() == 1) {
                third.addAll(commit(2, 3));
              }
            });
    awaitWaiting(later);

    rows.end(first);
    Eventually.until("it looked for more", () -> taken.get() == 1);
    awaitWaiting(later);
    assertThat(begun).as("2 has joined it, and is under way").containsExactly(first, second);

    rows.end(second);
    later.join(Duration.ofSeconds(30));
    assertThat(begun).containsExactly(first, second, third);
    assertThat(third).hasSize(3);
  }

  @Test
  void whatSharesNoRowNeverWaits() throws Exception {
    begin(commit(-1, 1));

    begin(commit(-1, 2));

    assertThat(begun).hasSize(2);
  }

  /** It may wait for a lock or a lost connection; the database decides what comes after it. */
  @Test
  void aCommitThatHangsIsWaitedForForASecond() throws Exception {
    begin(commit(1));
    AtomicInteger taken = new AtomicInteger();
    long before = System.nanoTime();

    begin(commit(1), taken::incrementAndGet);

    assertThat(taken).as("others that it draws into what hangs").hasValue(0);
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(999), Duration.ofSeconds(30));
  }

  @Test
  void committersKeepApartWhatSharesARow() throws Exception {
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    GroupCommit<Integer, Integer> commit =
        new GroupCommit<>(
            new GroupCommit.Settings("apart", 0, 100, 100, 2, Duration.ofSeconds(30)),
            request -> "the same row",
            requests -> {
              sizes.add(requests.size());
              if (requests.contains(0)) {
                awaitQuietly(firstMayEnd);
              }
              return requests;
            },
            metrics);
    commit.start();
    try {
      List<Thread> callers = new ArrayList<>();
      callers.add(Thread.ofVirtual().start(() -> commit.submit(0)));
      Eventually.until("the first commit runs", () -> sizes.size() == 1);
      IntStream.rangeClosed(1, 40)
          .forEach(i -> callers.add(Thread.ofVirtual().start(() -> commit.submit(i))));
      Eventually.until("the others are taken", () -> taken(metrics, sizes, callers));
      List<Integer> whileTheFirstRan = List.copyOf(sizes);

      firstMayEnd.countDown();

      for (Thread caller : callers) {
        caller.join(Duration.ofSeconds(30));
      }
      assertThat(whileTheFirstRan).as("commits beside the first one").containsExactly(1);
      assertThat(sizes).as("all that wait come after it, together").containsExactly(1, 40);
    } finally {
      firstMayEnd.countDown();
      commit.stop();
    }
  }

  /**
   * All have handed in, and the next commit, of 24 at least, has been gathered: it runs, or waits
   * for the first one.
   */
  private static boolean taken(
      SimpleMeterRegistry metrics, List<Integer> sizes, List<Thread> callers) {
    double left = metrics.get("sluice.queue.depth").tag("queue", "apart").gauge().value();
    return sizes.size() > 1
        || (callers.stream().allMatch(SharedRowsTest::waits)
            && left <= 16
            && committers().allMatch(SharedRowsTest::waits));
  }

  private static Stream<Thread> committers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sluice-apart-"));
  }

  private static boolean waits(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING -> true;
      default -> false;
    };
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitWaiting(Thread thread) {
    Eventually.until("it waits", () -> waits(thread));
  }

  private Thread start(List<Waiting<Integer, String>> commit) {
    return start(commit, () -> {});
  }

  private Thread start(List<Waiting<Integer, String>> commit, Runnable takeMore) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                begin(commit, takeMore);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void begin(List<Waiting<Integer, String>> commit) throws InterruptedException {
    begin(commit, () -> {});
  }

  private void begin(List<Waiting<Integer, String>> commit, Runnable takeMore)
      throws InterruptedException {
    rows.begin(commit, takeMore);
    begun.add(commit);
  }

  private static List<Waiting<Integer, String>> commit(Integer... requests) {
    return Stream.of(requests).map(Waiting<Integer, String>::new).toList();
  }
}

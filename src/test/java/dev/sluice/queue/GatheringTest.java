package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Committers take full batches: whoever would start with little beside a commit waits for it. */
class GatheringTest {
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final List<Integer> sizes = new CopyOnWriteArrayList<>();
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);
  private final GroupCommit<Integer, Integer> commit =
      new GroupCommit<>(
          new GroupCommit.Settings("test", 0, 1_000, 500, 2, Duration.ofSeconds(30)),
          this::commit,
          new SimpleMeterRegistry());

  private List<Integer> commit(List<Integer> requests) {
    sizes.add(requests.size());
    if (requests.contains(0)) {
      try {
        assertThat(firstMayEnd.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return requests;
  }

  @BeforeEach
  void startACommitThatLasts() {
    commit.start();
    Thread.ofVirtual().start(() -> commit.submit(0));
    await(() -> sizes.size() == 1);
  }

  @AfterEach
  void stop() {
    firstMayEnd.countDown();
    commit.stop();
  }

  @Test
  void whatComesDuringACommitIsCommittedTogetherAfterIt() {
    List<Thread> callers = submit(5);
    await(() -> callers.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
    assertThat(sizes).containsExactly(1);

    firstMayEnd.countDown();

    await(() -> sizes.stream().mapToInt(s -> s).sum() == 6);
    assertThat(sizes).containsExactly(1, 5);
  }

  @Test
  void aQueueThatGrowsLongIsCommittedBesideIt() {
    submit(300);

    await(() -> sizes.size() >= 2);

    assertThat(firstMayEnd.getCount()).as("the first one runs still").isOne();
    assertThat(sizes.get(1)).isGreaterThanOrEqualTo(24);
  }

  /** One that waits for a lock, or on a connection that is lost, may last half a minute. */
  @Test
  void aCommitThatHangsHoldsUpNobody() {
    submit(5);

    await(() -> sizes.size() == 2);

    assertThat(firstMayEnd.getCount()).as("the first one runs still").isOne();
    assertThat(sizes).containsExactly(1, 5);
  }

  /** A commit for one costs nearly as much as one for twenty. */
  @Test
  void smallCommitsBeginTenMillisecondsApart() {
    firstMayEnd.countDown();
    long before = System.nanoTime();

    IntStream.rangeClosed(1, 11).forEach(commit::submit);

    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(10 * 10));
  }

  /** While one half is committed, the other gathers: both processors have something to do. */
  @Test
  void takesHalfOfThoseWhoAreHere() throws InterruptedException {
    Queue<Integer> queue = waiting(63);

    assertThat(new Gathering(queue).awaitEnough()).isEqualTo(32);
  }

  /** With 24 taken, fewer than 16 would be left, and wait for the whole commit. */
  @ParameterizedTest
  @ValueSource(ints = {17, 25, 39})
  void takesAllIfTheRestWereNotWorthACommit(int all) throws InterruptedException {
    Queue<Integer> queue = waiting(all - 1);

    assertThat(new Gathering(queue).awaitEnough()).isEqualTo(all);
  }

  @Test
  void leavesSixteen() throws InterruptedException {
    Queue<Integer> queue = waiting(39);

    assertThat(new Gathering(queue).awaitEnough()).isEqualTo(24);
  }

  /** Of 64 that come again and again, 44 are being committed and 20 wait: nobody else will come. */
  @Test
  void waitsForNobodyIfAllWhoWereHereLatelyWaitAlready() throws InterruptedException {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      Queue<Integer> queue = waiting(63);
      Gathering gathering = new Gathering(queue);
      gathering.awaitEnough();
      take(queue, 43);
      gathering.begun(44);
      take(queue, 1);
      long before = System.nanoTime();
      gathering.awaitEnough();
      fastest = Math.min(fastest, System.nanoTime() - before);
      assertThat(queue).hasSize(19);
    }
    assertThat(Duration.ofNanos(fastest)).as("as long as a batch gathers").isLessThan(LONGEST);
  }

  /** Four hundred came once: after that, twenty are all. */
  @Test
  void forgetsWhoCameOnce() throws InterruptedException {
    Queue<Integer> queue = waiting(400);
    Gathering gathering = new Gathering(queue);
    for (int i = 0; i < 100; i++) {
      gathering.awaitEnough();
      gathering.begun(20);
      gathering.ended(20, 0);
      queue.clear();
      queue.addAll(waiting(20));
    }

    assertThat(gathering.awaitEnough()).isLessThanOrEqualTo(24);
  }

  private static Queue<Integer> waiting(int requests) {
    return IntStream.range(0, requests)
        .boxed()
        .collect(Collectors.toCollection(ConcurrentLinkedQueue::new));
  }

  private static void take(Queue<Integer> queue, int requests) {
    for (int i = 0; i < requests; i++) {
      queue.remove();
    }
  }

  private List<Thread> submit(int requests) {
    return IntStream.rangeClosed(1, requests)
        .mapToObj(i -> Thread.ofVirtual().start(() -> commit.submit(i)))
        .toList();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in 20 seconds").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}

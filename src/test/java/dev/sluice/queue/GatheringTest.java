package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Committers take full batches: whoever would start with little beside a commit waits for it. */
class GatheringTest {
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

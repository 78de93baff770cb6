package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
  private static final long MILLI = 1_000_000;

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong delay = new AtomicLong();
  private final AdaptiveLimit limit = new AdaptiveLimit(64, 1000, 3, delay::get, now::get);

  @Test
  void letsInAsManyAsCanBeAnsweredWithinAMultipleOfTheUnhinderedTime() {
    learn(2 * MILLI);
    // 20 answers per millisecond, 3 times 2 ms: 120 of them may wait.
    IntStream.range(0, 30).forEach(_ -> together(200, 1000, 50 * MILLI));
    assertThat(limit.limit()).isBetween(118, 122);
  }

  @Test
  void letsInMoreAgainOnceAnswersComeFaster() {
    learn(2 * MILLI);
    IntStream.range(0, 30).forEach(_ -> together(200, 250, 50 * MILLI));
    assertThat(limit.limit()).isEqualTo(64);
    IntStream.range(0, 30).forEach(_ -> together(64, 2500, 50 * MILLI));
    assertThat(limit.limit()).isGreaterThan(120);
  }

  @Test
  void keepsItsLimitWhileFewAreUnderWay() {
    int first = limit.limit();
    learn(2 * MILLI);
    IntStream.range(0, 30).forEach(_ -> together(10, 30, 500 * MILLI));
    assertThat(limit.limit()).isEqualTo(first);
  }

  /** Fewer clients than the limit, and each waits too long all the same. */
  @Test
  void comesDownFromFarAboveThoseWhoCome() {
    learn(20 * MILLI);
    IntStream.range(0, 30).forEach(_ -> together(1000, 2500, 50 * MILLI));
    assertThat(limit.limit()).isEqualTo(1000);
    learn(2 * MILLI);
    IntStream.range(0, 30).forEach(_ -> together(200, 1000, 50 * MILLI));
    assertThat(limit.limit()).isBetween(118, 140);
  }

  /** Whoever starts in a peak has nothing to learn from, and what is compiled first is slow. */
  @Test
  void keepsItsFirstLimitUntilItHasLearnt() {
    IntStream.range(0, 50).forEach(_ -> limit.run(() -> now.addAndGet(300 * MILLI)));
    IntStream.range(0, 30).forEach(_ -> together(200, 1000, 50 * MILLI));
    assertThat(limit.limit()).isEqualTo(256);
  }

  /** At the onset of a peak, the first of many find nobody before them, and wait all the same. */
  @Test
  void aStandstillWithManyTeachesNothing() {
    learn(2 * MILLI);
    for (int i = 0; i < 30; i++) {
      nestedAround(52, () -> now.addAndGet(500 * MILLI));
      limit.run(() -> now.addAndGet(50 * MILLI));
    }
    IntStream.range(0, 30).forEach(_ -> together(200, 1000, 50 * MILLI));
    assertThat(limit.limit()).isBetween(118, 122);
  }

  @Test
  void aStandstillWithFewTeachesLittle() {
    learn(2 * MILLI);
    nestedAround(25, () -> now.addAndGet(1000 * MILLI));
    IntStream.range(0, 30).forEach(_ -> together(200, 1000, 50 * MILLI));
    assertThat(limit.limit()).isBetween(118, 135);
  }

  /** Three times 4 ms are allowed: who has waited as long before the door can't be in time. */
  @Test
  void letsInFewerTheLongerAllWaitBeforeTheDoor() {
    learn(4 * MILLI);
    assertThat(room()).isEqualTo(256);
    delay.set(3 * MILLI);
    assertThat(room()).isEqualTo(192);
    delay.set(9 * MILLI);
    assertThat(room()).isEqualTo(64);
    delay.set(12 * MILLI);
    assertThat(room()).isEqualTo(16);
    delay.set(1000 * MILLI);
    assertThat(room()).isEqualTo(16);
    delay.set(0);
    assertThat(room()).isEqualTo(256);
  }

  @Test
  void takesNoDelayForAnOverloadWhileNobodyIsRefused() {
    learn(4 * MILLI);
    delay.set(1000 * MILLI);
    assertThat(room()).isEqualTo(256);
    now.addAndGet(999 * MILLI);
    assertThat(limit.isFull()).isFalse();
    assertThat(room()).isEqualTo(16);
    now.addAndGet(1000 * MILLI);
    assertThat(room()).isGreaterThanOrEqualTo(64);
  }

  /** However fast the work is, those who are always let in may hold each other up. */
  @Test
  void allowsTenMillisecondsAtLeast() {
    IntStream.range(0, 20).forEach(_ -> learn(MILLI / 10));
    assertThat(room()).isEqualTo(256);
    delay.set(5 * MILLI);
    assertThat(room()).isEqualTo(128);
  }

  @Test
  void knowsNoDelayThatIsTooLongBeforeItHasLearnt() {
    delay.set(10_000 * MILLI);
    assertThat(room()).isEqualTo(256);
  }

  @Test
  void refusesOneTooManyWithoutDoingAnything() throws Exception {
    AdaptiveLimit two = new AdaptiveLimit(1, 2, 3, delay::get, now::get);
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        threads.submit(() -> two.run(() -> stay(inside, leave)));
      }
      inside.await();
      assertThat(two.isFull()).isTrue();
      assertThatThrownBy(() -> two.run(done::incrementAndGet))
          .isInstanceOf(GroupCommit.Overloaded.class);
      leave.countDown();
    }
    assertThat(two.isFull()).isFalse();
    assertThat(done).hasValue(0);
    assertThat(two.run(done::incrementAndGet)).isEqualTo(1);
  }

  @Test
  void givesThePlaceBackIfTheWorkFails() {
    AdaptiveLimit one = new AdaptiveLimit(1, 1, 3, delay::get, now::get);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  one.run(
                      () -> {
                        throw new IllegalStateException("planted");
                      }))
          .hasMessage("planted");
    }
  }

  @Test
  void refusesBoundsThatMakeNoSense() {
    assertThatThrownBy(() -> new AdaptiveLimit(0, 10, 3, delay::get, now::get))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AdaptiveLimit(20, 10, 3, delay::get, now::get))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AdaptiveLimit(1, 10, 1, delay::get, now::get))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** How many are let in until one is refused. */
  private int room() {
    if (limit.isFull()) {
      return 0;
    }
    return limit.run(() -> 1 + room());
  }

  /** Enough lonely requests of that duration. */
  private void learn(long nanos) {
    IntStream.range(0, 1000).forEach(_ -> limit.run(() -> now.addAndGet(nanos)));
  }

  /** So many at a time, so many answers in all, within that time. */
  private void together(int waiting, int answers, long nanos) {
    int inside = Math.min(waiting, limit.limit());
    nested(inside, nanos / answers);
    for (int i = inside; i < answers; i++) {
      limit.run(() -> now.addAndGet(nanos / answers));
    }
  }

  private void nested(int depth, long nanosEach) {
    if (depth > 0) {
      limit.run(
          () -> {
            nested(depth - 1, nanosEach);
            return now.addAndGet(nanosEach);
          });
    }
  }

  /** So many under way at once while something happens. */
  private void nestedAround(int depth, Runnable what) {
    limit.run(
        () -> {
          if (depth == 1) {
            what.run();
          } else {
            nestedAround(depth - 1, what);
          }
          return depth;
        });
  }

  private static int stay(CountDownLatch inside, CountDownLatch leave) {
    inside.countDown();
    try {
      leave.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }
}

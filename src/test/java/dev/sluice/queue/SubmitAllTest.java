package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Eventually;
import dev.sluice.queue.GroupCommit.Submitted;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several requests that are handed in at once share commits, and each stands alone. */
class SubmitAllTest {
  private final List<List<Integer>> commits = new CopyOnWriteArrayList<>();

  @Test
  void sharesACommitAndAnswersInOrder() {
    GroupCommit<Integer, String> commit = commit(10, 10, 0);

    List<Submitted<String>> answers = commit.submitAll(List.of(1, 2, 3), r -> 0);

    assertThat(commits).containsExactly(List.of(1, 2, 3));
    assertThat(answers)
        .containsExactly(
            new Submitted.Answered<>("a1"),
            new Submitted.Answered<>("a2"),
            new Submitted.Answered<>("a3"));
  }

  @Test
  void commitsNoMoreAtOnceThanABatchHolds() {
    commit(10, 2, 0).submitAll(List.of(1, 2, 3, 4, 5), r -> 0);

    assertThat(commits).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
  }

  @Test
  void oneThatFailsTakesNoOtherWithIt() {
    List<Submitted<String>> answers = commit(10, 10, 0).submitAll(List.of(1, -2, 3), r -> 0);

    assertThat(answers.get(0)).isEqualTo(new Submitted.Answered<>("a1"));
    assertThat(answers.get(1)).isInstanceOf(Submitted.Unknown.class);
    assertThat(answers.get(2)).isEqualTo(new Submitted.Answered<>("a3"));
  }

  @Test
  void anErrorLeavesItsBatchUnknownAndTheCommitterGoesOn() {
    GroupCommit<Integer, String> commit =
        new GroupCommit<>(
            new GroupCommit.Settings("e", 0, 10, 10, 1, Duration.ofSeconds(60)),
            requests -> {
              if (requests.contains(0)) {
                throw new StackOverflowError("simulated");
              }
              return requests.stream().map(r -> "a" + r).toList();
            },
            new SimpleMeterRegistry());
    commit.start();
    try {
      assertThatThrownBy(() -> commit.submit(0)).isInstanceOf(GroupCommit.OutcomeUnknown.class);
      assertThat(commit.submit(1)).isEqualTo("a1");
    } finally {
      commit.stop();
    }
  }

  @Test
  void takesNothingOnceItStops() {
    GroupCommit<Integer, String> commit = commit(10, 10, 1);
    commit.start();
    commit.stop();

    assertThat(commit.submitAll(List.of(1, 2), r -> 0))
        .hasSize(2)
        .allMatch(answer -> answer instanceof Submitted.NotTaken);
    assertThat(commits).isEmpty();
  }

  @Test
  void keepsTheOrderWithinALaneAndCommitsEachLaneByItself() {
    List<Submitted<String>> answers =
        commit(10, 2, 2).submitAll(List.of(1, 2, 3, 4, 5, 6, 7), r -> r % 2);

    assertThat(commits)
        .containsExactlyInAnyOrder(List.of(2, 4), List.of(6), List.of(1, 3), List.of(5, 7));
    assertThat(commits.indexOf(List.of(1, 3))).isLessThan(commits.indexOf(List.of(5, 7)));
    assertThat(commits.indexOf(List.of(2, 4))).isLessThan(commits.indexOf(List.of(6)));
    assertThat(answers.get(6)).isEqualTo(new Submitted.Answered<>("a7"));
  }

  @Test
  void takesAnotherLaneWhileOneIsBusyAndWaitsForItAtTheEnd() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommit<Integer, String> commit =
        new GroupCommit<>(
            new GroupCommit.Settings("test", 0, 10, 10, 2, Duration.ofSeconds(30)),
            requests -> {
              commits.add(List.copyOf(requests));
              if (requests.contains(100)) {
                busy.countDown();
                awaitQuietly(goOn);
              }
              return requests.stream().map(r -> "a" + r).toList();
            },
            new SimpleMeterRegistry());
    Thread other = Thread.ofPlatform().start(() -> commit.submitAll(List.of(100), r -> 0));
    assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
    Thread both = Thread.ofPlatform().start(() -> commit.submitAll(List.of(2, 1), r -> r % 2));
    Eventually.until("the free lane is taken", () -> commits.contains(List.of(1)));
    assertThat(commits).doesNotContain(List.of(2));
    goOn.countDown();
    other.join();
    both.join();
    assertThat(commits).containsExactly(List.of(100), List.of(1), List.of(2));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private GroupCommit<Integer, String> commit(int capacity, int maxBatch, int committers) {
    return new GroupCommit<>(
        new GroupCommit.Settings("test", 0, capacity, maxBatch, committers, Duration.ofSeconds(10)),
        requests -> {
          commits.add(List.copyOf(requests));
          if (requests.stream().anyMatch(r -> r < 0)) {
            throw new IllegalArgumentException("negative");
          }
          return requests.stream().map(r -> "a" + r).toList();
        },
        new SimpleMeterRegistry());
  }
}

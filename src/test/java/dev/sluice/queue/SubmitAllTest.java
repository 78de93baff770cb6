package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.GroupCommit.Submitted;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Several requests that are handed in at once share commits, and each stands alone. */
class SubmitAllTest {
  private final List<List<Integer>> commits = new CopyOnWriteArrayList<>();

  @Test
  void sharesACommitAndAnswersInOrder() {
    GroupCommit<Integer, String> commit = commit(10, 10, 0);

    List<Submitted<String>> answers = commit.submitAll(List.of(1, 2, 3));

    assertThat(commits).containsExactly(List.of(1, 2, 3));
    assertThat(answers)
        .containsExactly(
            new Submitted.Answered<>("a1"),
            new Submitted.Answered<>("a2"),
            new Submitted.Answered<>("a3"));
  }

  @Test
  void commitsNoMoreAtOnceThanABatchHolds() {
    commit(10, 2, 0).submitAll(List.of(1, 2, 3, 4, 5));

    assertThat(commits).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
  }

  @Test
  void oneThatFailsTakesNoOtherWithIt() {
    List<Submitted<String>> answers = commit(10, 10, 0).submitAll(List.of(1, -2, 3));

    assertThat(answers.get(0)).isEqualTo(new Submitted.Answered<>("a1"));
    assertThat(answers.get(1)).isInstanceOf(Submitted.Unknown.class);
    assertThat(answers.get(2)).isEqualTo(new Submitted.Answered<>("a3"));
  }

  @Test
  void takesNothingOnceItStops() {
    GroupCommit<Integer, String> commit = commit(10, 10, 1);
    commit.start();
    commit.stop();

    assertThat(commit.submitAll(List.of(1, 2)))
        .hasSize(2)
        .allMatch(answer -> answer instanceof Submitted.NotTaken);
    assertThat(commits).isEmpty();
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

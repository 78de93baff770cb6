package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final ArrayBlockingQueue<Waiting<String, String>> queue = new ArrayBlockingQueue<>(10);
  private final Watch<String, String> watch = new Watch<>("test", queue, Duration.ofHours(1));
  private final Waiting<String, String> answered = new Waiting<>("a");
  private final Waiting<String, String> forgotten = new Waiting<>("b");

  /** For want of memory, say: nobody else would ever answer those who wait. */
  @Test
  void whoHasNoAnswerWhenACommitEndsIsToldThatItsOutcomeIsUnknown() {
    try (Watch.UnderWay<String, String> commit = watch.over(List.of(answered, forgotten))) {
      commit.batch().getFirst().answer().complete("done");
    }
    assertThat(answered.answer()).isCompletedWithValue("done");
    assertThat(forgotten.answer().exceptionNow()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void whoIsUnderWayWhenTheWatchEndsIsToldThatItsOutcomeIsUnknown() {
    try (Watch.UnderWay<String, String> commit = watch.over(List.of(forgotten))) {
      watch.stop();
      assertThat(commit.batch().getFirst().answer().exceptionNow())
          .isInstanceOf(TimeoutException.class);
    }
  }
}

package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Eventually;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.transaction.support.TransactionSynchronizationManager;

@Timeout(60)
class TogetherTest {
  private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private List<String> read(List<Integer> questions) {
    sizes.add(questions.size());
    return questions.stream().map(q -> "answer to " + q).toList();
  }

  @Test
  void whoIsAloneReadsAtOnceOnItsOwnThread() {
    Thread here = Thread.currentThread();
    Together<Integer, String> together =
        new Together<>(
            10,
            questions -> {
              assertThat(Thread.currentThread()).isSameAs(here);
              return read(questions);
            });
    assertThat(together.ask(7)).isEqualTo("answer to 7");
    assertThat(sizes).containsExactly(1);
  }

  @Test
  void whoComesMeanwhileIsAnsweredByTheNextReadTogether() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Together<Integer, String> together =
        new Together<>(
            3,
            questions -> {
              reads.countDown();
              await(goOn);
              return read(questions);
            });
    List<Future<String>> asked = new ArrayList<>();
    asked.add(threads.submit(() -> together.ask(0)));
    assertThat(reads.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 1; i <= 5; i++) {
      int question = i;
      asked.add(threads.submit(() -> together.ask(question)));
    }
    Eventually.until("all of them wait", () -> together.waiting() == 5);
    goOn.countDown();
    for (int i = 0; i <= 5; i++) {
      assertThat(asked.get(i).get()).isEqualTo("answer to " + i);
    }
    assertThat(sizes).containsExactly(1, 3, 2);
  }

  @Test
  void answersEachItsOwnHoweverManyAsk() throws Exception {
    AtomicInteger atOnce = new AtomicInteger();
    Together<Integer, String> together =
        new Together<>(
            50,
            questions -> {
              assertThat(atOnce.incrementAndGet()).as("one read at a time").isEqualTo(1);
              List<String> answers = read(questions);
              atOnce.decrementAndGet();
              return answers;
            });
    List<Callable<Boolean>> askers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int first = i * 1_000;
      askers.add(
          () -> {
            for (int q = first; q < first + 500; q++) {
              assertThat(together.ask(q)).isEqualTo("answer to " + q);
            }
            return true;
          });
    }
    for (Future<Boolean> done : threads.invokeAll(askers)) {
      assertThat(done.get()).isTrue();
    }
    assertThat(sizes.stream().mapToInt(s -> s).sum()).isEqualTo(32_000);
  }

  @Test
  void aReadThatFailsFailsItsAskersAndNoneAfterThem() {
    AtomicInteger reads = new AtomicInteger();
    Together<Integer, String> together =
        new Together<>(
            10,
            questions -> {
              switch (reads.getAndIncrement()) {
                case 0 -> throw new IllegalArgumentException("the database is away");
                case 1 -> throw new StackOverflowError("deep");
                default -> {
                  return read(questions);
                }
              }
            });
    assertThatThrownBy(() -> together.ask(1)).hasMessage("the database is away");
    assertThatThrownBy(() -> together.ask(1)).isInstanceOf(StackOverflowError.class);
    assertThat(together.ask(1)).isEqualTo("answer to 1");
  }

  @Test
  void anInterruptIsKeptForTheCaller() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Together<Integer, String> together =
        new Together<>(
            10,
            questions -> {
              reads.countDown();
              await(goOn);
              return read(questions);
            });
    Future<String> first = threads.submit(() -> together.ask(1));
    assertThat(reads.await(30, TimeUnit.SECONDS)).isTrue();
    CountDownLatch waits = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    Thread second =
        Thread.ofPlatform()
            .start(
                () -> {
                  waits.countDown();
                  assertThat(together.ask(2)).isEqualTo("answer to 2");
                  interrupted.set(Thread.currentThread().isInterrupted() ? 1 : -1);
                });
    assertThat(waits.await(30, TimeUnit.SECONDS)).isTrue();
    second.interrupt();
    // Interrupted where it waits, or on its way there: not in the read, which is another's
    // business.
    Eventually.until("it has seen that", () -> !second.isInterrupted());
    goOn.countDown();
    second.join();
    assertThat(first.get()).isEqualTo("answer to 1");
    assertThat(interrupted).hasValue(1);
  }

  @Test
  void isNotForTransactions() {
    Together<Integer, String> together = new Together<>(10, this::read);
    TransactionSynchronizationManager.setActualTransactionActive(true);
    try {
      assertThatThrownBy(() -> together.ask(1)).isInstanceOf(IllegalStateException.class);
    } finally {
      TransactionSynchronizationManager.setActualTransactionActive(false);
    }
    assertThat(sizes).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

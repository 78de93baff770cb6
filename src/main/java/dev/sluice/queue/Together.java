package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Reads together: whoever asks while a read is under way waits for the next one, which answers all
 * that wait. Who is alone reads at once, on its own thread. A trip to the database costs more than
 * most of what it fetches, so many readers cost little more than one.
 *
 * <p>An answer is never older than its question: a question is only ever answered by a read that
 * began after it.
 *
 * @param <Q> a question
 * @param <A> its answer
 */
public final class Together<Q, A> {
  private final int most;
  private final Function<List<Q>, List<A>> read;
  private final Queue<Asked<Q, A>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean reading = new AtomicBoolean();

  /**
   * A reader.
   *
   * @param most questions in one read
   * @param read answers each of several questions, in order, outside of any transaction
   */
  public Together(int most, Function<List<Q>, List<A>> read) {
    this.most = most;
    this.read = read;
  }

  private static final class Asked<Q, A> {
    private final Q question;
    private final Thread thread = Thread.currentThread();
    private @Nullable A answer;
    private @Nullable Throwable failure;
    private volatile boolean done;

    Asked(Q question) {
      this.question = question;
    }

    void answered(A with) {
      answer = with;
      end();
    }

    void failed(Throwable why) {
      failure = why;
      end();
    }

    private void end() {
      done = true;
      LockSupport.unpark(thread);
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws IllegalStateException within a transaction: others' questions aren't its business, nor
   *     would another's read see what it has written
   */
  public A ask(Q question) {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("reading together is for readers outside of transactions");
    }
    Asked<Q, A> asked = new Asked<>(question);
    waiting.add(asked);
    boolean interrupted = false;
    while (!asked.done) {
      if (reading.compareAndSet(false, true)) {
        readNext();
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted(); // a read doesn't last; the flag is for the caller
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return answerOf(asked);
  }

  /** How many wait for the next read. */
  int waiting() {
    return waiting.size();
  }

  private void readNext() {
    try {
      List<Asked<Q, A>> batch = new ArrayList<>();
      for (Asked<Q, A> next = waiting.poll(); next != null; next = waiting.poll()) {
        batch.add(next);
        if (batch.size() == most) {
          break;
        }
      }
      if (!batch.isEmpty()) {
        answer(batch);
      }
    } finally {
      reading.set(false);
      // Whoever came meanwhile and saw that somebody reads is in the queue by now.
      Asked<Q, A> next = waiting.peek();
      if (next != null) {
        LockSupport.unpark(next.thread);
      }
    }
  }

  private void answer(List<Asked<Q, A>> batch) {
    try {
      List<A> answers = read.apply(batch.stream().map(asked -> asked.question).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answered(answers.get(i));
      }
    } catch (RuntimeException | Error e) {
      batch.stream().filter(asked -> !asked.done).forEach(asked -> asked.failed(e));
    }
  }

  private static <Q, A> A answerOf(Asked<Q, A> asked) {
    if (asked.failure instanceof Error error) {
      throw error;
    }
    if (asked.failure instanceof RuntimeException failure) {
      throw failure;
    }
    A answer = asked.answer;
    if (answer == null) {
      throw new IllegalStateException("a question without an answer");
    }
    return answer;
  }
}

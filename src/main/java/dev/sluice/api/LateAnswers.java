package dev.sluice.api;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServletServerHttpResponse;

/**
 * Answers requests when their outcome is there, and keeps no thread of theirs until then. A thread
 * that waits, a virtual one too, keeps its stack, which filters and framework have made some 11 KB
 * deep: put away and back for each request, and in nobody's way meanwhile but the caches' ({@code
 * docs/decisions/0016-orders-are-answered-late.md}).
 *
 * <p>The request's own thread goes back through all filters before anything is answered, for they
 * may still set headers; {@link RequestLimit}, before all of them, tells when it has.
 */
final class LateAnswers {
  private static final Logger log = LoggerFactory.getLogger(LateAnswers.class);
  private static final String ATTRIBUTE = LateAnswers.class.getName();

  private final SizedJson json;

  LateAnswers(SizedJson json) {
    this.json = json;
  }

  /**
   * Answers when the outcome is there: as a handler's return value if it is there already, else
   * later, on a thread made for it. Nothing but the outcome ends the wait: it must come in time.
   *
   * @param answer of an outcome; what it throws becomes a problem, as a failed outcome does
   * @return null, for which the framework writes nothing, if it is answered later
   */
  <R, V> @Nullable ResponseEntity<V> when(
      CompletableFuture<R> outcome,
      HttpServletRequest request,
      HttpServletResponse response,
      Function<R, ResponseEntity<V>> answer) {
    if (outcome.isDone()) {
      return answer.apply(now(outcome));
    }
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0);
    Late late =
        new Late(
            () ->
                RequestId.logged(
                    request,
                    () -> write(async, request, response, () -> answer.apply(now(outcome)))));
    request.setAttribute(ATTRIBUTE, late);
    outcome.whenComplete((done, failure) -> late.oneOfTwo());
    return null;
  }

  /** A request's thread has left everything that may still change the answer. */
  static void threadLeft(ServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Late late) {
      late.oneOfTwo();
    }
  }

  /** Waits for both the outcome and its thread's leaving, in either order. */
  private static final class Late {
    private final AtomicInteger waitedFor = new AtomicInteger(2);
    private final Runnable answer;

    Late(Runnable answer) {
      this.answer = answer;
    }

    void oneOfTwo() {
      if (waitedFor.decrementAndGet() == 0) {
        Thread.ofVirtual().name("late-answer").start(answer);
      }
    }
  }

  private static <R> R now(CompletableFuture<R> outcome) {
    if (outcome.state() == Future.State.SUCCESS) {
      return outcome.resultNow();
    }
    throw outcome.exceptionNow() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(outcome.exceptionNow());
  }

  private <V> void write(
      AsyncContext async,
      HttpServletRequest request,
      HttpServletResponse response,
      Supplier<ResponseEntity<V>> answer) {
    try {
      // Whatever goes wrong from here on must not look as if it had gone well.
      response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      write(answer.get(), response);
    } catch (IOException e) {
      log.debug("the caller went away before its answer was written", e);
    } catch (RuntimeException e) {
      ProblemResolver.write(request, response, e);
    } finally {
      async.complete();
    }
  }

  private <V> void write(ResponseEntity<V> answer, HttpServletResponse response)
      throws IOException {
    try (ServletServerHttpResponse out = new ServletServerHttpResponse(response)) {
      out.setStatusCode(answer.getStatusCode());
      out.getHeaders().putAll(answer.getHeaders());
      json.write(requireNonNull(answer.getBody()), MediaType.APPLICATION_JSON, out);
    }
  }
}

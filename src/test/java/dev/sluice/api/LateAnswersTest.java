package dev.sluice.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Eventually;
import dev.sluice.queue.AdaptiveLimit;
import dev.sluice.support.TestDatabase;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** Requests that no thread waits for. */
class LateAnswersTest extends ApiTest {
  private final LateAnswers answers = new LateAnswers(new SizedJson(JsonMapper.builder().build()));
  private final MockHttpServletRequest request = new MockHttpServletRequest();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private final Phaser completed = new Phaser(1);

  LateAnswersTest() {
    request.setAsyncSupported(true);
  }

  @Test
  void keepsItsPlaceUntilItIsAnsweredAndLosesNoHeader() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        ConfigurableApplicationContext service =
            start(
                database.url(),
                "--sluice.api.max-requests=1",
                "--sluice.withdrawals.least-waiting=1",
                "--sluice.withdrawals.queue-capacity=1")) {
      ApiTest api = new ApiTest(service) {};
      String user = api.userWithMoney();
      Reply accepted;
      try (Connection other = database.dataSource().getConnection();
          Statement sql = other.createStatement();
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        other.setAutoCommit(false);
        sql.execute("lock table withdrawal in exclusive mode");
        Future<Reply> first = threads.submit(() -> api.withdraw(user, "k1", "1.00"));
        Eventually.until(
            "the order waits for its commit", service.getBean(AdaptiveLimit.class)::isFull);
        assertThat(status(api, user)).isEqualTo(429);
        other.rollback();
        accepted = first.get();
      }
      assertThat(accepted.status()).isEqualTo(201);
      assertThat(accepted.header("Location")).isEqualTo("/v1/withdrawals/" + accepted.text("id"));
      assertThat(accepted.header("Content-Type")).isEqualTo("application/json");
      assertThat(accepted.header("Content-Length")).isNotEmpty();
      assertThat(accepted.header("X-Request-Id")).isNotEmpty();
      assertThat(accepted.header("X-Content-Type-Options")).isEqualTo("nosniff");
      // The place is given back a moment after the answer is written.
      Eventually.until("there is room again", () -> status(api, user) == 200);
    }
  }

  private static int status(ApiTest api, String user) {
    try {
      return api.get("/v1/withdrawals").as(user, "withdrawals").send().status();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void isAnsweredOnlyAfterItsThreadHasLeftTheFilters() throws Exception {
    assertThat(begin(name -> created(name))).isNull();
    outcome.complete("x");
    assertThat(response.getStatus()).isEqualTo(200); // as it was made: nothing has touched it
    assertThat(completed.getPhase()).isZero();

    LateAnswers.threadLeft(request);
    completed.awaitAdvance(0);

    assertThat(response.getStatus()).isEqualTo(201);
    assertThat(response.getHeader("Location")).isEqualTo("/x");
    assertThat(response.getContentAsString()).isEqualTo("{\"name\":\"x\"}");
  }

  @Test
  void isAnsweredWhenTheOutcomeComesAfterItsThreadHasLeft() throws Exception {
    assertThat(begin(name -> created(name))).isNull();
    LateAnswers.threadLeft(request);
    assertThat(completed.getPhase()).isZero();

    outcome.complete("x");
    completed.awaitAdvance(0);

    assertThat(response.getStatus()).isEqualTo(201);
    assertThat(response.getContentAsString()).isEqualTo("{\"name\":\"x\"}");
  }

  @Test
  void anOutcomeThatIsThereNeedsNoOtherThread() {
    outcome.complete("x");
    assertThat(answers.when(outcome, request, response, name -> created(name)))
        .isEqualTo(created("x"));
    assertThat(request.isAsyncStarted()).isFalse();
  }

  @Test
  void aFailureThatIsThereIsThrown() {
    CompletableFuture<String> failed =
        CompletableFuture.<String>failedFuture(new IllegalStateException("planted"))
            .whenComplete((done, failure) -> assertThat(failure).isNotNull());
    assertThatThrownBy(() -> answers.when(failed, request, response, name -> created(name)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("planted");
  }

  @Test
  void aLateFailureIsTheProblemThatItIs() throws Exception {
    begin(name -> created(name));
    LateAnswers.threadLeft(request);
    outcome.completeExceptionally(new QueryTimeoutException("planted"));
    completed.awaitAdvance(0);

    assertThat(response.getStatus()).isEqualTo(ProblemCode.OUTCOME_UNKNOWN.status().value());
    assertThat(response.getContentAsString()).contains("OUTCOME_UNKNOWN");
  }

  @Test
  void whatTheAnswerThrowsIsAProblemToo() throws Exception {
    begin(
        name -> {
          throw new ApiException(ProblemCode.INSUFFICIENT_FUNDS, name);
        });
    LateAnswers.threadLeft(request);
    outcome.complete("too little");
    completed.awaitAdvance(0);

    assertThat(response.getStatus()).isEqualTo(ProblemCode.INSUFFICIENT_FUNDS.status().value());
    assertThat(response.getContentAsString()).contains("too little");
  }

  @Test
  void anErrorIsNoSuccess() {
    begin(
        name -> {
          throw new StackOverflowError("planted");
        });
    LateAnswers.threadLeft(request);
    outcome.complete("x");
    completed.awaitAdvance(0);

    assertThat(response.getStatus()).isEqualTo(500);
  }

  private @Nullable ResponseEntity<Map<String, String>> begin(
      Function<String, ResponseEntity<Map<String, String>>> answer) {
    ResponseEntity<Map<String, String>> now = answers.when(outcome, request, response, answer);
    requireNonNull(request.getAsyncContext()).addListener(new Completed());
    return now;
  }

  private final class Completed implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      completed.arrive();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      throw new AssertionError("it has no time-out");
    }

    @Override
    public void onError(AsyncEvent event) {
      throw new AssertionError(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      throw new AssertionError("it was begun already");
    }
  }

  private static ResponseEntity<Map<String, String>> created(String name) {
    return ResponseEntity.created(URI.create("/" + name)).body(Map.of("name", name));
  }
}

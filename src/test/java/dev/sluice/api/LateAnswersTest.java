package dev.sluice.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.sluice.channel.Eventually;
import dev.sluice.queue.AdaptiveLimit;
import dev.sluice.queue.GroupCommit;
import dev.sluice.support.TestDatabase;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests that are answered when their thread has left the filters. */
class LateAnswersTest extends ApiTest {
  private final LateAnswers answers = new LateAnswers(new SizedJson(JsonMapper.builder().build()));
  private final MockHttpServletRequest request = new MockHttpServletRequest();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final Phaser completed = new Phaser(1);
  @TempDir Path directory;

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
      Reply accepted =
          whileAnOrderWaits(
              database,
              api,
              user,
              () -> {
                Eventually.until(
                    "the order waits for its commit", service.getBean(AdaptiveLimit.class)::isFull);
                assertThat(status(api, user)).isEqualTo(429);
              });
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
  void waitsBelowNoFilterAndNoServlet() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        ConfigurableApplicationContext service = start(database.url())) {
      ApiTest api = new ApiTest(service) {};
      List<String> frames = new ArrayList<>();
      Reply accepted =
          whileAnOrderWaits(
              database,
              api,
              api.userWithMoney(),
              () ->
                  Eventually.until(
                      "the order waits for its commit",
                      () -> {
                        frames.clear();
                        frames.addAll(framesOfThreadIn(GroupCommit.class.getName() + ".await"));
                        return !frames.isEmpty();
                      }));
      assertThat(accepted.status()).isEqualTo(201);
      assertThat(frames).anyMatch(frame -> frame.contains(LateAnswers.class.getName()));
      assertThat(frames)
          .noneMatch(frame -> frame.contains("FilterChain") || frame.contains("Servlet"));
    }
  }

  /** The answer to an order whose commit must wait until the look is done. */
  private static Reply whileAnOrderWaits(
      TestDatabase database, ApiTest api, String user, Runnable look) throws Exception {
    try (Connection other = database.dataSource().getConnection();
        Statement sql = other.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      sql.execute("lock table withdrawal in exclusive mode");
      Future<Reply> order = threads.submit(() -> api.withdraw(user, "k1", "1.00"));
      look.run();
      other.rollback();
      return order.get();
    }
  }

  /** The stack of a thread that has this frame in it; virtual ones stand in a dump alone. */
  private List<String> framesOfThreadIn(String frame) {
    try {
      Path dump = directory.resolve(UUID.randomUUID() + ".json");
      requireNonNull(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class))
          .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
      for (JsonNode stack :
          JsonMapper.builder().build().readTree(dump.toFile()).findValues("stack")) {
        List<String> frames = stack.valueStream().map(JsonNode::asString).toList();
        if (frames.stream().anyMatch(at -> at.contains(frame))) {
          return frames;
        }
      }
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void answersOnlyWhenItsThreadHasLeft() throws Exception {
    begin(() -> created("x"));
    assertThat(response.getStatus()).isEqualTo(200); // as it was made: nothing has touched it
    assertThat(completed.getPhase()).isZero();

    LateAnswers.answer(request);

    assertThat(completed.getPhase()).isEqualTo(1);
    assertThat(response.getStatus()).isEqualTo(201);
    assertThat(response.getHeader("Location")).isEqualTo("/x");
    assertThat(response.getContentAsString()).isEqualTo("{\"name\":\"x\"}");
  }

  @Test
  void aFailureIsTheProblemThatItIs() throws Exception {
    begin(
        () -> {
          throw new QueryTimeoutException("planted");
        });
    LateAnswers.answer(request);

    assertThat(completed.getPhase()).isEqualTo(1);
    assertThat(response.getStatus()).isEqualTo(ProblemCode.OUTCOME_UNKNOWN.status().value());
    assertThat(response.getContentAsString()).contains("OUTCOME_UNKNOWN");
  }

  @Test
  void anErrorIsNoSuccess() {
    begin(
        () -> {
          throw new StackOverflowError("planted");
        });
    assertThatThrownBy(() -> LateAnswers.answer(request)).isInstanceOf(StackOverflowError.class);

    assertThat(completed.getPhase()).isEqualTo(1);
    assertThat(response.getStatus()).isEqualTo(500);
  }

  @Test
  void aRequestThatWasCompletedMeanwhileIsLeftAlone() {
    begin(
        () -> {
          throw new AssertionError("nobody waits for it any more");
        });
    requireNonNull(request.getAsyncContext()).complete();
    request.setAsyncStarted(false);
    LateAnswers.answer(request);

    assertThat(response.getStatus()).isEqualTo(200);
  }

  private void begin(Supplier<ResponseEntity<Map<String, String>>> answer) {
    assertThat(answers.later(request, response, answer)).isNull();
    requireNonNull(request.getAsyncContext()).addListener(new Completed());
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

package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The database goes away under a running service. */
class OutageTest extends ApiTest {

  @Test
  void saysThatTheOutcomeIsUnknownAndIsNotReadyAndShieldsItsMetrics() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (ConfigurableApplicationContext service =
            start(
                database.url(),
                "--sluice.payouts.poll-pause=1h",
                "--sluice.api.metrics-open=false",
                "--sluice.withdrawals.patience=20s");
        HttpClient client = HttpClient.newHttpClient()) {
      service.getBean(JdbcTemplate.class).execute("select 1");
      String base = "http://127.0.0.1:" + port(service);
      String user = "Bearer " + token("U1001", "withdrawals");
      shieldsItsMetrics(client, URI.create(base + "/actuator/prometheus"));
      database.close();
      // At once: each waits as long as the pool waits for a connection.
      CompletableFuture<Reply> order =
          send(
              client,
              HttpRequest.newBuilder(URI.create(base + "/v1/withdrawals"))
                  .header("Authorization", user)
                  .header("Idempotency-Key", "outage")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(Requests.WITHDRAWAL)));
      CompletableFuture<Reply> list =
          send(
              client,
              HttpRequest.newBuilder(URI.create(base + "/v1/withdrawals"))
                  .header("Authorization", user));
      CompletableFuture<Reply> ready =
          send(client, HttpRequest.newBuilder(URI.create(base + "/actuator/health/readiness")));
      order.get().isProblem(ProblemCode.OUTCOME_UNKNOWN);
      assertThat(order.get().header("Retry-After")).isEqualTo("1");
      list.get().isProblem(ProblemCode.UNAVAILABLE);
      assertThat(list.get().header("Retry-After")).isEqualTo("1");
      assertThat(ready.get().status()).isEqualTo(503);
    }
  }

  private static void shieldsItsMetrics(HttpClient client, URI metrics) throws Exception {
    send(client, HttpRequest.newBuilder(metrics)).get().isProblem(ProblemCode.UNAUTHENTICATED);
    String operator = "Bearer " + token("operator", "ops");
    HttpRequest.Builder allowed = HttpRequest.newBuilder(metrics).header("Authorization", operator);
    assertThat(send(client, allowed).get().status()).isEqualTo(200);
  }

  private static CompletableFuture<Reply> send(HttpClient client, HttpRequest.Builder request) {
    return client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(Reply::new);
  }
}

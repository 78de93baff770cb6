package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
      database.close();
      String base = "http://127.0.0.1:" + port(service);
      Reply order =
          send(
              client,
              HttpRequest.newBuilder(URI.create(base + "/v1/withdrawals"))
                  .header("Authorization", "Bearer " + token("U1001", "withdrawals"))
                  .header("Idempotency-Key", "outage")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(Requests.WITHDRAWAL)));
      order.isProblem(ProblemCode.OUTCOME_UNKNOWN);
      assertThat(order.header("Retry-After")).isEqualTo("1");
      Reply list =
          send(
              client,
              HttpRequest.newBuilder(URI.create(base + "/v1/withdrawals"))
                  .header("Authorization", "Bearer " + token("U1001", "withdrawals")));
      assertThat(list.isProblem(ProblemCode.UNAVAILABLE).header("Retry-After")).isEqualTo("1");
      Reply ready =
          send(client, HttpRequest.newBuilder(URI.create(base + "/actuator/health/readiness")));
      assertThat(ready.status()).isEqualTo(503);
      URI metrics = URI.create(base + "/actuator/prometheus");
      send(client, HttpRequest.newBuilder(metrics)).isProblem(ProblemCode.UNAUTHENTICATED);
      String ops = "Bearer " + token("operator", "ops");
      assertThat(
              send(client, HttpRequest.newBuilder(metrics).header("Authorization", ops)).status())
          .isEqualTo(200);
    }
  }

  private static Reply send(HttpClient client, HttpRequest.Builder request) throws Exception {
    return new Reply(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }
}

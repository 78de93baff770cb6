package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** More requests at a time than an instance has room for. */
class RequestLimitTest extends ApiTest {
  private static final String REQUEST_ID = "r-1";

  @Test
  void refusesOneMoreAtOnceAndGoesOnWhenThereIsRoom() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        ConfigurableApplicationContext service =
            start(database.url(), "--sluice.api.max-requests=1", "--sluice.api.body-timeout=60s");
        HttpClient client = HttpClient.newHttpClient();
        Held held = hold(client, service)) {
      Reply refused = held.refused().isProblem(ProblemCode.OVERLOADED);

      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.header("X-Request-Id")).isEqualTo(REQUEST_ID);
      assertThat(refused.text("instance")).isEqualTo("urn:sluice:request:" + REQUEST_ID);
      assertThat(
              service
                  .getBean(MeterRegistry.class)
                  .get("sluice.requests.refused")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      assertThat(status(client, service, "/actuator/health/liveness").status()).isEqualTo(200);
      held.slow().getOutputStream().write("{}".getBytes(StandardCharsets.ISO_8859_1));
      assertThat(held.slow().getInputStream().read()).isEqualTo('H');
      // The place is given back a moment after the answer is written.
      awaitStatus(client, service, 200);
    }
  }

  /** A request that holds the only place, and the answer to another one meanwhile. */
  private record Held(Socket slow, Reply refused) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      slow.close();
    }
  }

  /** Tomcat says 100 when the request has taken its place. */
  private static Held hold(HttpClient client, ConfigurableApplicationContext service)
      throws Exception {
    Socket slow = new Socket(InetAddress.getLoopbackAddress(), port(service));
    OutputStream out = slow.getOutputStream();
    String head =
        "POST /v1/withdrawals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Idempotency-Key: k\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
            + "Authorization: Bearer %s\r\n\r\n";
    out.write(head.formatted(token("U1", "withdrawals")).getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    byte[] goOn = slow.getInputStream().readNBytes("HTTP/1.1 100 \r\n\r\n".length());
    assertThat(new String(goOn, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 100 ");
    return new Held(slow, status(client, service, "/v1/withdrawals"));
  }

  private static void awaitStatus(
      HttpClient client, ConfigurableApplicationContext service, int wanted) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    int status = status(client, service, "/v1/withdrawals").status();
    while (status != wanted && System.nanoTime() < end) {
      status = status(client, service, "/v1/withdrawals").status();
    }
    assertThat(status).isEqualTo(wanted);
  }

  private static Reply status(
      HttpClient client, ConfigurableApplicationContext service, String path) throws Exception {
    return new Reply(
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(service) + path))
                .header("Authorization", "Bearer " + token("U1", "withdrawals"))
                .header("X-Request-Id", REQUEST_ID)
                .build(),
            HttpResponse.BodyHandlers.ofString()));
  }
}

package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private static final URI BANK = URI.create("http://127.0.0.1:8090");
  private static final String PENDING =
      """
      {"at":"2026-01-05T08:00:00.000Z","kind":"STATE","text":"accepted"}\
      """;
  private static final String PAID =
      """
      {"at":"2026-01-05T08:00:00.120Z","kind":"STATE","text":"PROCESSING to SUCCESS"}\
      """;

  @TempDir Path data;
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private HttpServer api;
  private int looks;
  private boolean broken;

  @BeforeEach
  void listen() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/", this::answer);
    api.start();
  }

  @AfterEach
  void hangUp() {
    api.stop(0);
  }

  @Test
  void playsOneWithdrawalAndPrintsItsTimelineAsItGrows() {
    run();
    assertThat(calls)
        .startsWith(
            "GET /v1/accounts?userId=U1001",
            "POST /v1/accounts",
            "POST /v1/accounts/7/credits",
            "GET /v1/beneficiaries?userId=U1001",
            "POST /v1/beneficiaries",
            "POST /v1/withdrawals");
    assertThat(output())
        .containsOnlyOnce("STATE         accepted")
        .contains("+0 ms")
        .contains("+120 ms  STATE         PROCESSING to SUCCESS")
        .contains("The order is SUCCESS.")
        .contains("TOKEN=$(curl -s " + base() + "/dev/token")
        .contains("\"bankAccount\":\"622208******1234\"");
  }

  @Test
  void isShownOnce() {
    run();
    calls.clear();
    run();
    assertThat(calls).isEmpty();
    assertThat(output()).contains(base() + "/swagger-ui.html");
  }

  @Test
  void doesNoHarmWhenItFailsAndIsTriedAgain() {
    broken = true;
    run();
    assertThat(output())
        .contains("The demo did not come to its end: POST /v1/withdrawals answered 503")
        .contains("Sluice is up.");
    broken = false;
    run();
    assertThat(output()).contains("The order is SUCCESS.");
  }

  @Test
  void neverPrintsTheFullCardNumberOrAToken() {
    run();
    assertThat(output()).doesNotContain("6222081234561234").doesNotContain("eyJ");
  }

  @Test
  void preparesTheWalletAndTheCardAndNothingElse() {
    demo().prepare(base());
    assertThat(calls)
        .containsExactly(
            "GET /v1/accounts?userId=U1001",
            "POST /v1/accounts",
            "POST /v1/accounts/7/credits",
            "GET /v1/beneficiaries?userId=U1001",
            "POST /v1/beneficiaries");
    assertThat(output()).isEmpty();
  }

  @Test
  void preparesNothingOnceItWasShown() {
    run();
    calls.clear();
    demo().prepare(base());
    assertThat(calls).isEmpty();
  }

  private void run() {
    demo().run(base(), BANK);
  }

  private Demo demo() {
    String secret = Base64.getEncoder().encodeToString(new byte[32]);
    DevTokens tokens = new DevTokens("sluice-dev", "sluice", secret, Clock.systemUTC());
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new Demo(tokens, data, Clock.systemUTC(), out);
  }

  private URI base() {
    return URI.create("http://127.0.0.1:" + api.getAddress().getPort());
  }

  private String output() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Answers as the API does. */
  private void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    calls.add(call);
    int status = 200;
    String body;
    switch (call) {
      case "POST /v1/accounts" -> body = "{\"id\":\"7\",\"currency\":\"CNY\"}";
      case "POST /v1/withdrawals" -> {
        status = broken ? 503 : 201;
        body = "{\"id\":\"w1\",\"status\":\"PENDING\"}";
      }
      case "GET /v1/withdrawals/w1" ->
          body = "{\"status\":\"" + (looks < 2 ? "PROCESSING" : "SUCCESS") + "\"}";
      case "GET /v1/withdrawals/w1/timeline" -> {
        body = "{\"entries\":[" + PENDING + (looks < 2 ? "" : "," + PAID) + "]}";
        looks++;
      }
      default -> body = "{\"items\":[]}";
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}

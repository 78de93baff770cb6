package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many orders in one call: each with its own key, its own answer and nobody else's fate. */
class WithdrawalBatchesApiTest extends ApiTest {
  /** A service of its own: its thousands of orders would wait in front of other tests' orders. */
  private static final ConfigurableApplicationContext SERVICE =
      start(TestDatabase.create().url(), "--sluice.payouts.enabled=false");

  private static final JsonMapper LINES = new JsonMapper();

  WithdrawalBatchesApiTest() {
    super(SERVICE);
  }

  @AfterAll
  static void stop() {
    SERVICE.close();
  }

  private static String order(String user, String key, String amount) {
    return "{\"idempotencyKey\":\"%s\",\"userId\":\"%s\",\"amount\":%s,\"bankAccount\":\"%s\"}"
        .formatted(key, user, amount, MASKED);
  }

  private Reply send(List<String> orders) {
    return sendBody("{\"orders\":[" + String.join(",", orders) + "]}");
  }

  private Reply sendBody(String body) {
    return post("/v1/withdrawal-batches").as("payroll", "withdrawals:batch").body(body).send();
  }

  private List<JsonNode> sendLines(String body) {
    Reply reply =
        post("/v1/withdrawal-batches")
            .as("payroll", "withdrawals:batch")
            .header("Content-Type", "application/x-ndjson")
            .body(body)
            .send();
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith("application/x-ndjson");
    return reply.http().body().lines().map(LINES::readTree).toList();
  }

  private static List<Integer> statuses(JsonNode results) {
    return results.values().stream().map(r -> r.path("status").asInt()).toList();
  }

  @Test
  void oneBadOrderFailsAlone() {
    String first = userWithMoney();
    String second = userWithMoney();

    Reply reply =
        send(
            List.of(
                order(first, "b-1", "100.00"),
                order(second, "b-1", "20000.00"),
                order(first, "b-2", "0"),
                order("U-nobody", "b-3", "1.00"),
                "{\"idempotencyKey\":\"b-4\",\"userId\":\"%s\",\"surprise\":1}".formatted(first),
                order(second, "b-5", "10000.00")));

    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(statuses(reply.json().path("results")))
        .containsExactly(201, 422, 400, 400, 400, 201);
    assertThat(reply.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(reply.json().path("refused").asInt()).isEqualTo(4);
    assertThat(reply.json().at("/results/1/problem/code").asString())
        .isEqualTo("INSUFFICIENT_FUNDS");
    assertThat(reply.json().at("/results/4/problem/fields").toString())
        .contains("amount", "bankAccount", "surprise");
    assertThat(available(first)).isEqualTo("9900.00");
    assertThat(available(second)).isEqualTo("0.00");
  }

  @Test
  void keysCountWithinABatchAcrossBatchesAndWithSingleOrders() {
    String user = userWithMoney();
    assertThat(withdraw(user, "k-1", "10.00").status()).isEqualTo(201);

    Reply reply =
        send(
            List.of(
                order(user, "k-1", "10.00"),
                order(user, "k-2", "20.00"),
                order(user, "k-2", "20.00"),
                order(user, "k-2", "30.00")));

    assertThat(statuses(reply.json().path("results"))).containsExactly(200, 201, 200, 422);
    assertThat(reply.json().at("/results/2/withdrawal/id"))
        .isEqualTo(reply.json().at("/results/1/withdrawal/id"));
    assertThat(reply.json().path("replayed").asInt()).isEqualTo(2);
    assertThat(available(user)).isEqualTo("9970.00");
    Reply again = send(List.of(order(user, "k-2", "20.00")));
    assertThat(statuses(again.json().path("results"))).containsExactly(200);
    assertThat(withdraw(user, "k-2", "20.00").status()).isEqualTo(200);
  }

  @Test
  void ordersOfOneAccountKeepTheirOrderAcrossCommits() {
    String user = userWithMoney();
    List<String> orders =
        IntStream.range(0, 2_500).mapToObj(i -> order(user, "o-" + i, "5.00")).toList();

    List<Integer> statuses = statuses(send(orders).json().path("results"));

    assertThat(statuses.subList(0, 2_000)).containsOnly(201);
    assertThat(statuses.subList(2_000, 2_500)).containsOnly(422);
    assertThat(available(user)).isEqualTo("0.00");
  }

  @Test
  void linesAreAnsweredLineByLineWhateverIsWrongWithOne() {
    String user = userWithMoney();
    String body =
        order(user, "l-1", "1.00")
            + "\n{not json}\n\r\n"
            + order(user, "l-2", "2.00")
            + "\r\n[]\n"
            + order(user, "l-3", "3.00");

    List<JsonNode> answers = sendLines(body);

    assertThat(answers.stream().map(a -> a.path("status").asInt()))
        .containsExactly(201, 400, 201, 400, 201);
    assertThat(answers.stream().map(a -> a.path("index").asInt())).containsExactly(0, 1, 2, 3, 4);
    assertThat(available(user)).isEqualTo("9994.00");
  }

  /** An answer sent by itself is a call of the kernel, and wakes the client up. */
  @Test
  void answersAreSentManyAtATime() throws Exception {
    String user = userWithMoney();
    List<String> orders =
        IntStream.range(0, 400).mapToObj(i -> order(user, "m-" + i, "1.00")).toList();
    String lines = String.join("\n", orders);
    String json = "{\"orders\":[" + String.join(",", orders) + "]}";

    assertThat(pieces("application/x-ndjson", lines)).isBetween(2, 100);
    assertThat(pieces("application/json", json)).isBetween(2, 100);
  }

  /** How many chunks an answer of {@code 200} came in (RFC 9112, 7.1). */
  private int pieces(String type, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          POST /v1/withdrawal-batches HTTP/1.1\r
          Host: x\r
          Connection: close\r
          Authorization: Bearer %s\r
          Content-Type: %s\r
          Content-Length: %d\r
          \r
          %s\
          """
              .formatted(token("payroll", "withdrawals:batch"), type, body.length(), body)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n0\r\n\r\n");
      int chunks = 0;
      int at = answer.indexOf("\r\n\r\n") + 4;
      for (int size = -1; size != 0; chunks++) {
        int end = answer.indexOf("\r\n", at);
        size = Integer.parseInt(answer.substring(at, end), 16);
        at = end + 2 + size + 2;
      }
      return chunks - 1;
    }
  }

  @Test
  void aLineTooLongEndsTheBatchAndSaysSo() {
    String user = userWithMoney();

    List<JsonNode> answers =
        sendLines(
            order(user, "m-1", "1.00")
                + "\n"
                + "x".repeat(100_000)
                + "\n"
                + order(user, "m-2", "1.00"));

    assertThat(answers.stream().map(a -> a.path("status").asInt())).containsExactly(201, 413);
    assertThat(available(user)).isEqualTo("9999.00");
  }

  @Test
  void aBodyThatIsNotWellFormedToItsEndDoesNothing() {
    String user = userWithMoney();
    String one = order(user, "n-1", "1.00");
    for (String body :
        List.of(
            "{\"orders\":[" + one + "]",
            "{\"orders\":[" + one + ",]}",
            "{\"orders\":[" + one + ",7]}",
            "{\"orders\":[" + one + "],\"more\":1}",
            "{\"orders\":" + one + "}",
            "[" + one + "]",
            "{\"orders\":[" + one + "]}{}",
            "{\"orders\":[" + one.replace("1.00", "1e99999999999") + "]}")) {
      sendBody(body).isProblem(ProblemCode.INVALID_REQUEST);
    }
    byte[] latin1 = ("{\"orders\":[" + one + "], \"é\":1}").getBytes(StandardCharsets.ISO_8859_1);
    post("/v1/withdrawal-batches")
        .as("payroll", "withdrawals:batch")
        .body(BodyPublishers.ofByteArray(latin1))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
    assertThat(available(user)).isEqualTo("10000.00");
  }

  @Test
  void takesNoMoreOrdersThanItSays() {
    String user = userWithMoney();
    List<String> orders = new ArrayList<>();
    for (int i = 0; i <= 15_000; i++) {
      orders.add(order(user, "t-" + i, "0.01"));
    }

    send(orders).isProblem(ProblemCode.INVALID_REQUEST);

    assertThat(available(user)).isEqualTo("10000.00");
    List<JsonNode> answers = sendLines(String.join("\n", orders));
    assertThat(answers).hasSize(15_001);
    assertThat(answers.getLast().path("status").asInt()).isEqualTo(413);
    assertThat(available(user)).isEqualTo("9850.00");
  }

  @Test
  void needsAScopeOfItsOwn() {
    String user = userWithMoney();
    for (String scope : List.of("withdrawals", "ledger", "ops")) {
      post("/v1/withdrawal-batches")
          .as(user, scope)
          .body("{\"orders\":[" + order(user, "s-1", "1.00") + "]}")
          .send()
          .isProblem(ProblemCode.FORBIDDEN);
    }
  }
}

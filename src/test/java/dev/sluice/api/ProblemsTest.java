package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a call is reached: problems, too, whoever refuses. */
class ProblemsTest extends ApiTest {

  @Test
  void namesTheMethodsThatAreAllowed() {
    Reply reply = new Call("PUT", "/v1/withdrawals").as("U1", "ops").body("{}").send();
    assertThat(reply.isProblem(ProblemCode.METHOD_NOT_ALLOWED).header("Allow"))
        .isEqualTo("GET, POST");
    new Call("DELETE", "/v1/accounts")
        .as("U1", "ops")
        .send()
        .isProblem(ProblemCode.METHOD_NOT_ALLOWED);
    new Call("PATCH", "/v1/withdrawals/x")
        .as("U1", "ops")
        .send()
        .isProblem(ProblemCode.METHOD_NOT_ALLOWED);
  }

  @Test
  void doesNothingForACallerThatTakesNoJson() {
    String user = userWithMoney();
    post("/v1/withdrawals")
        .as(user, "withdrawals")
        .key("html")
        .header("Accept", "text/html")
        .body(Requests.WITHDRAWAL.replace("U1001", user))
        .send()
        .isProblem(ProblemCode.NOT_ACCEPTABLE);
    assertThat(available(user)).isEqualTo("10000.00");
  }

  @Test
  void returnsTheRequestIdIfItIsSane() {
    Reply own = get("/v1/withdrawals").header("X-Request-Id", "abc-123").send();
    assertThat(own.header("X-Request-Id")).isEqualTo("abc-123");
    assertThat(own.text("instance")).isEqualTo("urn:sluice:request:abc-123");
    for (String insane : List.of("a b", "x".repeat(65), "\"><script>")) {
      assertThat(
              get("/v1/withdrawals").header("X-Request-Id", insane).send().header("X-Request-Id"))
          .matches("[0-9a-f]{16}");
    }
  }

  @Test
  void hasNoTokenDispenserOnAnOwnersDatabase() {
    post("/dev/token")
        .body("{\"sub\":\"U1\",\"scope\":\"ops\"}")
        .send()
        .isProblem(ProblemCode.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/withdrawals/%zz HTTP/1.1",
        "GET /v1/withdrawals/%2f..%2f HTTP/1.1",
        "GET /v1/withdrawals/..;/x HTTP/1.1",
        "GET /v1/withdrawals/%00 HTTP/1.1",
        "GET /v1//withdrawals HTTP/1.1",
        "GET /v1/withdrawals/../../x HTTP/1.1",
        "GET /v1/withdrawals?userId=%zz HTTP/1.1",
        "GET /v1/withdrawals/<x> HTTP/1.1",
        "GET /v1/{x} HTTP/1.1",
        "GET \\\\ HTTP/1.1",
        "GET / HTTP/9.9",
        "NONSENSE",
        "TRACE / HTTP/1.1",
        "FOO /v1/withdrawals HTTP/1.1",
        "POST /v1/withdrawals HTTP/1.1\r\nContent-Length: x",
        "POST /v1/withdrawals HTTP/1.1\r\nTransfer-Encoding: nonsense",
        "GET / HTTP/1.1\r\nBad Header: x",
        "GET / HTTP/1.1\r\nHost: second"
      })
  void showsNoPageForWhatTheContainerRefuses(String head) throws Exception {
    String answer =
        raw(head + "\r\nHost: localhost\r\nAuthorization: Bearer " + token("U1", "ops"));
    assertThat(answer).as(head).matches("(?s)HTTP/1\\.1 40[0-9] .*");
    assertThat(answer).doesNotContainIgnoringCase("<html", "exception", "apache", "\tat ");
    String status = answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 400".length());
    if (answer.contains("{")) {
      assertThat(answer).contains("application/problem+json", "urn:sluice:error:");
      assertThat(answer).contains("\"status\":" + status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Expect: x", "Transfer-Encoding: gzip, chunked", "Host: [::1"})
  void saysOneStatusInTheLineAndInTheProblem(String header) throws Exception {
    String host = header.startsWith("Host") ? "" : "Host: localhost\r\n";
    String answer = raw("GET /v1/withdrawals HTTP/1.1\r\n" + host + header);
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"status\":400", "INVALID_REQUEST");
  }

  @Test
  void refusesHeadersThatAreTooLarge() throws Exception {
    String answer = raw("GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(20_000));
    assertThat(answer).startsWith("HTTP/1.1 4").doesNotContainIgnoringCase("<html");
  }

  @Test
  void refusesABodyThatEndsEarly() throws Exception {
    String answer =
        raw(
            """
            POST /v1/withdrawals HTTP/1.1\r
            Host: x\r
            Authorization: Bearer %s\r
            Idempotency-Key: k\r
            Content-Type: application/json\r
            Transfer-Encoding: chunked\r
            \r
            zz\r
            """
                .formatted(token("U1", "withdrawals")));
    assertThat(answer).startsWith("HTTP/1.1 400").contains("INVALID_REQUEST");
  }

  @Test
  void refusesAKeyThatIsGivenTwice() throws Exception {
    String answer =
        raw(
            """
            POST /v1/withdrawals HTTP/1.1\r
            Host: x\r
            Authorization: Bearer %s\r
            Idempotency-Key: a\r
            Idempotency-Key: b\r
            Content-Type: application/json\r
            Content-Length: 2\r
            \r
            {}\
            """
                .formatted(token("U1", "withdrawals")));
    assertThat(answer).startsWith("HTTP/1.1 400").contains("given more than once");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      OutputStream out = socket.getOutputStream();
      String whole = request.contains("\r\n\r\n") ? request : request + "\r\n\r\n";
      whole = whole.replaceFirst("\r\n", "\r\nConnection: close\r\n");
      out.write(whole.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

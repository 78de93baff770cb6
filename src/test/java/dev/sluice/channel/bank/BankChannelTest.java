package dev.sluice.channel.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.money.Money;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against servers that no bank should be. */
class BankChannelTest {
  private static final Duration CALL_TIMEOUT = Duration.ofMillis(600);
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";

  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket server;
  private BankChannel channel;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    channel = new BankChannel(settings(server.getLocalPort(), ""), Clock.systemUTC());
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
    server.close();
  }

  @Test
  void writesTheInstructionInOneWayOnly() {
    PayoutInstruction instruction =
        new PayoutInstruction(
            NUMBER,
            Money.ofMinor(50_000, "CNY"),
            "CARD",
            "6222081234561234",
            "张三",
            null,
            "a \"note\"",
            Instant.EPOCH);

    assertThat(new String(channel.prepare(instruction), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"merchantId":"M-1001","requestNo":"%s","amount":"500.00","currency":"CNY",\
            "account":"6222081234561234","holderName":"张三","note":"a \\"note\\""}\
            """
                .formatted(NUMBER));
  }

  @Test
  void refusesARequestNumberThatWouldChangeThePath() {
    assertThatThrownBy(() -> channel.query("../control/faults"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void givesUpOnASilentServer() {
    serve(out -> LockSupport.parkNanos(Duration.ofSeconds(5).toNanos()));

    assertTakesNoLongerThanTheTimeout(new Unknown(Why.TIMEOUT, "NO_WHOLE_REPLY"));
  }

  @Test
  void givesUpOnAServerThatDrips() {
    serve(
        out -> {
          out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(ascii()));
          for (int i = 0; i < 100; i++) {
            out.write(' ');
            out.flush();
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
          }
        });

    assertTakesNoLongerThanTheTimeout(new Unknown(Why.TIMEOUT, "NO_WHOLE_REPLY"));
  }

  @Test
  void readsNoMoreThanAReplyCanBe() {
    serve(
        out -> {
          out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(ascii()));
          byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(ascii());
          while (true) {
            out.write(chunk);
          }
        });

    assertTakesNoLongerThanTheTimeout(new Unknown(Why.UNREADABLE, "REPLY_TOO_LONG"));
  }

  @Test
  void followsNoRedirect() {
    String moved = "HTTP/1.1 307 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n";
    String here = "http://127.0.0.1:" + server.getLocalPort();
    serve(out -> out.write(moved.replace("%s", here).getBytes(ascii())));

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNREADABLE, "HTTP_307_NOT_JSON"));
    assertThat(connections).hasValue(1);
  }

  @Test
  void sendsNothingTwiceByItself() {
    serve(out -> {});

    assertThat(channel.instruct(NUMBER, "{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new Unknown(Why.TIMEOUT, "NO_WHOLE_REPLY"));
    assertThat(connections).hasValue(1);
  }

  @Test
  void callsWhatIsNotHttpUnknown() {
    serve(out -> out.write("SSH-2.0-OpenSSH_9.9\r\n".repeat(200).getBytes(ascii())));

    assertThat(channel.query(NUMBER)).isInstanceOf(Unknown.class);
  }

  @Test
  void callsASignedReplyThatIsNoJsonUnreadable() {
    serve(out -> reply(out, 200, "<html>"));

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNREADABLE, "NOT_JSON"));
  }

  @Test
  void takesNoPaymentFromAnErrorStatus() {
    String paid =
        """
        {"merchantId":"M-1001","requestNo":"%s","status":"PAID","code":"OK","amount":"1.00",\
        "currency":"CNY","account":"622208******1234","bankReference":"B"}\
        """
            .formatted(NUMBER);
    serve(out -> reply(out, 400, paid));

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNLISTED_CODE, "HTTP_400_OK"));
  }

  @Test
  void takesASignedReplyOfTheRightForm() {
    serve(
        out ->
            reply(
                out,
                200,
                """
                {"merchantId":"M-1001","requestNo":"%s","status":"REFUSED",\
                "code":"NAME_MISMATCH","message":"no"}\
                """
                    .formatted(NUMBER)));

    assertThat(channel.query(NUMBER)).isEqualTo(new Outcome.Refused("NAME_MISMATCH", "no", true));
  }

  @Test
  void isUnknownAfterItWasClosed() {
    channel.close();

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.NO_CONNECTION, "CLOSED"));
  }

  @Test
  void signsThePathBelowWhichTheBankLives() {
    BankSettings settings = settings(server.getLocalPort(), "/v2/");
    BankSignature signature = new BankSignature(settings, Clock.systemUTC());
    serve(
        (request, out) -> {
          String path = request.split(" ", 3)[1];
          String expected =
              signature.sign(header(request, "x-bank-timestamp"), "GET " + path, none());
          reply(
              out,
              200,
              path.equals("/v2/payouts/" + NUMBER)
                      && expected.equals(header(request, "x-bank-signature"))
                  ? "{\"merchantId\":\"M-1001\",\"requestNo\":\"%s\",\"status\":\"PROCESSING\",\"code\":\"OK\"}"
                      .formatted(NUMBER)
                  : "{}");
        });

    try (BankChannel below = new BankChannel(settings, Clock.systemUTC())) {
      assertThat(below.query(NUMBER)).isEqualTo(new Outcome.Accepted(null));
    }
  }

  @Test
  void showsNoSecret() {
    assertThat(settings(1, "").toString()).doesNotContain("secret");
    assertThatThrownBy(
            () ->
                BankTestSettings.of(
                    URI.create("http://127.0.0.1:1"), "M", "short", "short", CALL_TIMEOUT))
        .hasMessageContaining("16 bytes")
        .hasMessageNotContaining("short");
  }

  private void assertTakesNoLongerThanTheTimeout(Outcome expected) {
    long start = System.nanoTime();
    assertThat(channel.query(NUMBER)).isEqualTo(expected);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CALL_TIMEOUT.plusSeconds(1));
  }

  /** A reply with the bank's own signature: the settings' keys swapped make one. */
  private void reply(OutputStream out, int status, String body) throws IOException {
    BankSettings mine = settings(1, "");
    BankSettings swapped =
        BankTestSettings.of(
            mine.url(),
            mine.merchantId(),
            /* requestSecret= */ mine.replySecret(),
            /* replySecret= */ mine.requestSecret(),
            CALL_TIMEOUT);
    BankSignature bank = new BankSignature(swapped, Clock.systemUTC());
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String timestamp = bank.timestamp();
    out.write(
        """
        HTTP/1.1 %d X\r
        Content-Type: application/json\r
        X-Bank-Timestamp: %s\r
        X-Bank-Signature: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(status, timestamp, bank.sign(timestamp, NUMBER, bytes), bytes.length)
            .getBytes(ascii()));
    out.write(bytes);
    out.flush();
  }

  private static BankSettings settings(int port, String path) {
    return BankTestSettings.of(
        URI.create("http://127.0.0.1:" + port + path),
        "M-1001",
        "a request secret for tests",
        "a reply secret for tests!!",
        CALL_TIMEOUT);
  }

  private void serve(Answer answer) {
    serve((request, out) -> answer.write(out));
  }

  private void serve(Conversation conversation) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  connections.incrementAndGet();
                  StringBuilder request = new StringBuilder();
                  while (request.indexOf("\r\n\r\n") < 0) {
                    request.append((char) socket.getInputStream().read());
                  }
                  conversation.answer(request.toString(), socket.getOutputStream());
                } catch (IOException e) {
                  // The client hung up, or the test is over: what it saw is what counts.
                }
              }
            });
  }

  private static String header(String request, String name) {
    return request
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static byte[] none() {
    return new byte[0];
  }

  private static Charset ascii() {
    return StandardCharsets.US_ASCII;
  }

  private interface Answer {
    void write(OutputStream out) throws IOException;
  }

  private interface Conversation {
    void answer(String request, OutputStream out) throws IOException;
  }
}

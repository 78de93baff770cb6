package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;

/** Clients that stall, drip and flood: each is let go in time, and costs nobody else anything. */
@Timeout(60)
class SlowClientsTest extends ApiTest {
  /**
   * 80 MB in chunks of 4 KiB. The two ends' buffers may grow to 36 MB on Linux as it comes, so that
   * fewer could all be sent while the service hadn't yet been given a core to answer.
   */
  private static final int MORE_THAN_KERNELS_HOLD = 20_000;

  private static final ConfigurableApplicationContext SERVICE =
      start(
          TestDatabase.create().url(),
          "--sluice.api.body-timeout=1s",
          "--server.tomcat.connection-timeout=2s");

  SlowClientsTest() {
    super(SERVICE);
  }

  @AfterAll
  static void stop() {
    SERVICE.close();
  }

  @Test
  void endsABodyThatDripsInThoughEachByteComesInTime() throws IOException {
    try (Socket socket = connect()) {
      send(socket, head("Content-Length: 60000") + "{\"userId\":\"");
      Answer answer = new Answer(socket);
      int dripped = 0;
      while (!answer.isThere() && dripped < 200) {
        drip(socket);
        dripped++;
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      assertThat(dripped).as("tenths of a second").isBetween(5, 60);
      assertThat(answer.whole()).startsWith("HTTP/1.1 408").contains("REQUEST_TIMEOUT");
    }
  }

  @Test
  void endsAChunkedBodyThatDripsIn() throws IOException {
    try (Socket socket = connect()) {
      send(socket, head("Transfer-Encoding: chunked"));
      Answer answer = new Answer(socket);
      int dripped = 0;
      while (!answer.isThere() && dripped < 200) {
        send(socket, "1\r\n \r\n");
        dripped++;
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      assertThat(answer.whole()).startsWith("HTTP/1.1 408").contains("REQUEST_TIMEOUT");
    }
  }

  @Test
  void endsABodyThatStalls() throws IOException {
    try (Socket socket = connect()) {
      send(socket, head("Content-Length: 100") + "{");
      assertThat(new Answer(socket).whole()).startsWith("HTTP/1.1 408").contains("REQUEST_TIMEOUT");
    }
  }

  @Test
  void letsGoOfWhoeverSendsNoWholeHead() throws IOException {
    try (Socket silent = connect();
        Socket halfway = connect()) {
      send(halfway, "POST /v1/withdrawals HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      assertThat(new Answer(silent).whole()).doesNotContain("HTTP/1.1 200");
      assertThat(new Answer(halfway).whole()).doesNotContain("HTTP/1.1 200");
    }
  }

  @Test
  void refusesAFloodOfHeaders() throws IOException {
    try (Socket many = connect();
        Socket large = connect()) {
      StringBuilder head = new StringBuilder("GET /v1/withdrawals HTTP/1.1\r\nHost: x\r\n");
      for (int i = 0; i < 500; i++) {
        head.append("X-").append(i).append(": y\r\n");
      }
      send(many, head + "\r\n");
      assertThat(new Answer(many).whole())
          .startsWith("HTTP/1.1 4")
          .doesNotContainIgnoringCase("<html");
      send(
          large,
          "GET /v1/withdrawals HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(17_000) + "\r\n\r\n");
      assertThat(new Answer(large).whole())
          .startsWith("HTTP/1.1 4")
          .doesNotContainIgnoringCase("<html");
    }
  }

  @Test
  void readsLittleOfABodyThatIsTooLarge() throws IOException {
    try (Socket announced = connect();
        Socket endless = connect()) {
      send(announced, head("Content-Length: 1000000000000"));
      assertThat(new Answer(announced).whole()).startsWith("HTTP/1.1 413");
      send(endless, head("Transfer-Encoding: chunked"));
      Answer answer = new Answer(endless);
      String chunk = "1000\r\n" + " ".repeat(0x1000) + "\r\n";
      int sent = 0;
      try {
        while (!answer.isThere() && sent < MORE_THAN_KERNELS_HOLD) {
          send(endless, chunk);
          sent++;
        }
      } catch (IOException e) {
        // cut off while it still sends
      }
      assertThat(sent).as("chunks of 4 KiB").isLessThan(MORE_THAN_KERNELS_HOLD);
    }
  }

  @Test
  void servesOthersMeanwhile() throws IOException {
    Socket[] slow = new Socket[200];
    try {
      for (int i = 0; i < slow.length; i++) {
        slow[i] = connect();
        send(slow[i], head("Content-Length: 100") + "{");
      }
      assertThat(get("/v1/withdrawals").as("U1", "withdrawals").send().status()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        if (socket != null) {
          socket.close();
        }
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String head(String framing) {
    return """
    POST /v1/withdrawals HTTP/1.1\r
    Host: x\r
    Authorization: Bearer %s\r
    Idempotency-Key: slow\r
    Content-Type: application/json\r
    %s\r
    \r
    """
        .formatted(token("U1", "withdrawals"), framing);
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void drip(Socket socket) {
    try {
      send(socket, "x");
    } catch (IOException e) {
      // closed already
    }
  }

  /** What comes back, read beside the sending. */
  private static final class Answer {
    private final InputStream in;

    Answer(Socket socket) throws IOException {
      in = socket.getInputStream();
    }

    boolean isThere() throws IOException {
      return in.available() > 0;
    }

    String whole() {
      StringBuilder whole = new StringBuilder();
      try {
        int next;
        while ((next = in.read()) >= 0) {
          whole.append((char) next);
        }
      } catch (IOException e) {
        // reset after the answer
      }
      return whole.toString();
    }
  }
}

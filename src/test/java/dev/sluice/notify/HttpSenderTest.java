package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.notify.Sender.Answer;
import dev.sluice.notify.Sender.Answer.Answered;
import dev.sluice.notify.Sender.Answer.NotAnswered;
import dev.sluice.vault.Vault;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpSenderTest {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final UUID EVENT = UUID.fromString("0195f000-0000-7000-8000-000000000001");
  private static final String BODY = "{\"type\":\"withdrawal.succeeded\",\"holder\":\"张三\"}";

  private final Vault vault = new Vault(Vault.newKeyset(), new byte[32]);
  private final TurnedClock clock = new TurnedClock();
  private final WebhookSettings settings = Shop.settings(Duration.ofMillis(1200));
  private Receiver receiver;

  @BeforeEach
  void open() throws IOException {
    receiver = new Receiver();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void signsSoThatAnIndependentReceiverCanVerify() throws Exception {
    assertThat(send(receiver.url("/hook?token=t"))).isEqualTo(new Answered(204, null));

    Receiver.Got got = receiver.got("/hook").getFirst();
    assertThat(got.id()).isEqualTo(EVENT.toString());
    assertThat(got.timestamp()).isEqualTo(Long.toString(clock.instant().getEpochSecond()));
    assertThat(got.type()).startsWith("application/json");
    assertThat(got.body()).isEqualTo(BODY);
    assertThat(got.signature()).isEqualTo("v1," + hmac(got.id(), got.timestamp(), got.body()));
  }

  @Test
  void doesNotFollowRedirects() throws IOException {
    receiver.on(
        "/hook",
        exchange -> {
          exchange.getResponseHeaders().set("Location", receiver.url("/inside"));
          return 307;
        });

    assertThat(send(receiver.url("/hook"))).isEqualTo(new Answered(307, null));
    assertThat(receiver.got("/inside")).isEmpty();
  }

  @Test
  void refusesToConnectInside() throws IOException {
    try (HttpSender guarded = sender(List.of(), SystemDefaultDnsResolver.INSTANCE)) {
      for (String host :
          List.of("127.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost")) {
        assertThat(send(guarded, "http://" + host + ":" + receiver.port() + "/hook"))
            .as(host)
            .isEqualTo(new NotAnswered("the host leads to an address that is not allowed"));
      }
    }
    assertThat(receiver.got("/hook")).isEmpty();
  }

  @Test
  void refusesANameThatLeadsToLoopback() throws IOException {
    try (HttpSender guarded = sender(List.of(), TargetGuardTest.names("127.0.0.1"))) {
      assertThat(send(guarded, "http://shop.example:" + receiver.port() + "/hook"))
          .isEqualTo(new NotAnswered("the host leads to an address that is not allowed"));
    }
    assertThat(receiver.got("/hook")).isEmpty();
  }

  @Test
  void connectsToTheVeryAddressThatWasChecked() throws IOException {
    AtomicLong lookUps = new AtomicLong();
    DnsResolver rebinding =
        new DnsResolver() {
          @Override
          public InetAddress[] resolve(String host) {
            // the first answer is fine; whoever asks again for the connection gets another
            String address = lookUps.incrementAndGet() == 1 ? "127.0.0.1" : "10.0.0.1";
            return new InetAddress[] {InetAddress.ofLiteral(address)};
          }

          @Override
          public String resolveCanonicalHostname(String host) {
            return host;
          }
        };
    try (HttpSender guarded = sender(List.of("127.0.0.0/8"), rebinding)) {
      assertThat(send(guarded, "http://shop.example:" + receiver.port() + "/hook"))
          .isEqualTo(new Answered(204, null));
    }
    assertThat(lookUps).hasValue(1);
  }

  @Test
  void tellsWhatWentWrongWithoutNamingTheTarget() throws IOException {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }

    assertThat(send("http://127.0.0.1:" + closedPort + "/hook?token=secret"))
        .isEqualTo(new NotAnswered("the connection was refused"));
    assertThat(send("http://no-such-host.invalid/hook"))
        .isEqualTo(new NotAnswered("the host name does not resolve"));
    assertThat(send("https://127.0.0.1:" + receiver.port() + "/hook"))
        .isInstanceOf(NotAnswered.class);
  }

  @Test
  void readsRetryAfterInSeconds() throws IOException {
    receiver.on(
        "/busy",
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "120");
          return 503;
        });

    assertThat(send(receiver.url("/busy"))).isEqualTo(new Answered(503, Duration.ofMinutes(2)));
  }

  @Test
  void cutsOffAnAnswerThatDripsForEver() throws IOException {
    NotAnswered late = new NotAnswered("no complete answer within 1200 ms");

    assertThat(answerOf("HTTP/1.1 200 OK\r\nx: ", "a")).isEqualTo(late);
  }

  @Test
  void readsLittleOfABodyWithoutEnd() throws IOException {
    long started = System.nanoTime();

    assertThat(answerOf("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "a".repeat(512)))
        .isEqualTo(new Answered(200, null));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(1100));
  }

  @Test
  void takesNonsenseForNoAnswer() throws IOException {
    assertThat(answerOf("SSH-2.0-OpenSSH\r\n", "x\r\n".repeat(200)))
        .isInstanceOf(NotAnswered.class);
  }

  /** Answers with a beginning and then, every few milliseconds, with more. */
  private Answer answerOf(String beginning, String more) throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread dripping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket socket = listening.accept();
                        OutputStream out = socket.getOutputStream()) {
                      out.write(beginning.getBytes(StandardCharsets.US_ASCII));
                      while (true) {
                        out.write(more.getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        LockSupport.parkNanos(20_000_000);
                      }
                    } catch (IOException e) {
                      // the sender hung up, as it should
                    }
                  });
      Answer answer = send("http://127.0.0.1:" + listening.getLocalPort() + "/");
      Shop.await("the sender hangs up", () -> !dripping.isAlive());
      return answer;
    }
  }

  private Answer send(String url) throws IOException {
    try (HttpSender sender = sender(settings.allowedRanges(), SystemDefaultDnsResolver.INSTANCE)) {
      return send(sender, url);
    }
  }

  private Answer send(HttpSender sender, String url) {
    return sender.send(url, vault.seal(SECRET, "webhook"), EVENT, BODY);
  }

  private HttpSender sender(List<String> allowedRanges, DnsResolver names) {
    return new HttpSender(vault, clock, settings, new TargetGuard(allowedRanges, names));
  }

  private static String hmac(String id, String timestamp, String body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    return Base64.getEncoder()
        .encodeToString(
            mac.doFinal((id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
  }
}

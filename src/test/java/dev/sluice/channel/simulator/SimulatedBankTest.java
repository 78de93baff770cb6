package dev.sluice.channel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackReceiver;
import dev.sluice.channel.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedBankTest {
  private static final String REQUEST_SECRET = "a request secret for tests";
  private static final String REPLY_SECRET = "a reply secret for tests!!";
  private static final String ACCOUNT = "6222081234561234";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Signatures requests = new Signatures(REQUEST_SECRET);
  private Path journal;
  private CallbackReceiver callbacks;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    journal = folder.resolve("journal.jsonl");
    callbacks = new CallbackReceiver("RECEIVED");
  }

  @AfterEach
  void close() {
    callbacks.close();
    http.shutdownNow();
  }

  @Test
  void remembersAfterARestartWhatItPaid() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      assertThat(instruct(bank.url(), "r1").body()).contains("\"ACCEPTED\"");
      Eventually.until("paid", () -> control.timesPaid("r1") == 1);
    }

    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      assertThat(instruct(bank.url(), "r1").body()).contains("\"PAID\"");
      assertThat(control.timesPaid("r1")).isEqualTo(1);
    }
    assertThat(Files.readString(journal)).contains("622208******1234").doesNotContain(ACCOUNT);
  }

  @Test
  void paysAfterARestartWhatItHadTakenBefore() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      control.fault("PAY_LATE", ",\"delayMillis\":700");
      instruct(bank.url(), "r1");
      assertThat(control.timesPaid("r1")).isZero();
    }

    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      Eventually.until("paid", () -> control.timesPaid("r1") == 1);
      callbacks.await(1);
    }
  }

  @Test
  void sendsACallbackAgainUntilItIsReceived() throws Exception {
    callbacks.refuseNext(2);
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      instruct(bank.url(), "r1");

      callbacks.await(3);
      Eventually.until("none owed", () -> count(control, "callbacksOwed") == 0);
    }
    assertThat(callbacks.received()).hasSize(3);
  }

  @Test
  void stillOwesACallbackAfterARestart() throws Exception {
    callbacks.refuseNext(Integer.MAX_VALUE);
    try (SimulatedBank bank = started()) {
      instruct(bank.url(), "r1");
      callbacks.await(1);
    }
    callbacks.refuseNext(0);
    callbacks.forget();

    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      callbacks.await(1);
      Eventually.until("none owed", () -> count(control, "callbacksOwed") == 0);
    }
    callbacks.forget();

    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      assertThat(count(control, "callbacksOwed")).isZero();
    }
  }

  @Test
  void keepsWhatItAnsweredThroughAKill() throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    Process process = process();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      URI url = urlOf(process);
      AtomicInteger next = new AtomicInteger();
      for (int i = 0; i < 16; i++) {
        var _ =
            executor.submit(
                () -> {
                  while (true) { // until the killed process refuses the connection
                    String number = "k" + next.incrementAndGet();
                    if (instruct(url, number).statusCode() == 200) {
                      answered.add(number);
                    }
                  }
                });
      }
      Eventually.until("some hundred payments", () -> answered.size() > 500);
      process.destroyForcibly().waitFor();
    } finally {
      process.destroyForcibly();
    }

    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      Eventually.until("all paid", () -> count(control, "paid") == count(control, "payments"));
      List<String> recorded = new ArrayList<>();
      control.payments().forEach(payment -> recorded.add(payment.get("requestNo").stringValue()));
      assertThat(recorded).doesNotHaveDuplicates().containsAll(answered);
      assertThat(count(control, "paidMoreThanOnce")).isZero();
    }
  }

  @Test
  void refusesWhatIsNotSigned() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      byte[] body = body("r1");
      long now = Clock.systemUTC().instant().getEpochSecond();
      String signature = requests.sign(Long.toString(now), "POST /payouts", body);
      byte[] other = body("r2");

      assertThat(post(bank.url(), other, Long.toString(now), signature).statusCode())
          .isEqualTo(401);
      assertThat(post(bank.url(), body, Long.toString(now - 1), signature).statusCode())
          .isEqualTo(401);
      String old = Long.toString(now - 301);
      assertThat(
              post(bank.url(), body, old, requests.sign(old, "POST /payouts", body)).statusCode())
          .isEqualTo(401);
      assertThat(control.payments()).isEmpty();
    }
  }

  @Test
  void refusesAMalformedInstructionWithoutARecord() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      String good = new String(body("r1"), StandardCharsets.UTF_8);

      assertThat(send(bank.url(), good.replace("500.00", "500.001")).body())
          .contains("INVALID_REQUEST");
      assertThat(send(bank.url(), good.replace("CNY", "ABC")).body()).contains("INVALID_REQUEST");
      assertThat(send(bank.url(), good.replace("M-1001", "M-2")).body())
          .contains("UNKNOWN_MERCHANT");
      assertThat(send(bank.url(), "{").statusCode()).isEqualTo(400);
      assertThat(send(bank.url(), "[".repeat(1_000)).statusCode()).isEqualTo(400);
      assertThat(send(bank.url(), " ".repeat(70_000)).statusCode()).isEqualTo(413);
      assertThat(control.payments()).isEmpty();
    }
  }

  @Test
  void answersAWrongControlCallWithWhatIsWrong() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      String faults = "/control/faults";
      assertThat(control.call("POST", faults, "{\"fault\":\"NONSENSE\"}", 400)).contains("JSON");
      assertThat(control.call("POST", faults, "{}", 400)).contains("fault is missing");
      assertThat(control.call("POST", faults, "{\"fault\":\"DOWN\",\"count\":0}", 400))
          .contains("count");
      control.call("POST", "/control/return", "{\"requestNo\":\"none\"}", 404);
      control.call("POST", "/control/callback", "{\"requestNo\":\"none\"}", 400);
      control.call("GET", "/control/nothing", "", 404);
      assertThat(control.call("GET", faults, "", 200)).isEqualTo("[]");
    }
  }

  @Test
  void givesBackNoMoreThanItPaid() throws Exception {
    try (SimulatedBank bank = started();
        BankControl control = new BankControl(bank.url())) {
      control.fault("KEEP_PROCESSING");
      instruct(bank.url(), "r1");
      String part = "{\"requestNo\":\"r1\",\"amount\":\"300.00\"}";
      control.call("POST", "/control/return", part, 409);
      control.call("POST", "/control/settle", "{\"requestNo\":\"r1\",\"status\":\"PAID\"}", 200);

      control.call("POST", "/control/return", part, 200);
      control.call("POST", "/control/return", part, 409);
      assertThat(control.call("POST", "/control/return", "{\"requestNo\":\"r1\"}", 200))
          .contains("\"returned\":\"500.00\"");
      control.call("POST", "/control/return", "{\"requestNo\":\"r1\"}", 409);
    }
  }

  @Test
  void saysWhatIsWrongWithItsOptions() {
    assertThatThrownBy(() -> SimulatorMain.options(new String[] {"--port"}))
        .hasMessageContaining("--port needs a value");
    assertThatThrownBy(() -> SimulatorMain.settings(Map.of("--porto", "1"), Map.of()))
        .hasMessageContaining("--porto");
    assertThatThrownBy(() -> SimulatorMain.settings(Map.of(), Map.of()))
        .hasMessageContaining("SLUICE_BANK_REQUEST_SECRET");
  }

  private SimulatedBank started() {
    SimulatedBank bank =
        new SimulatedBank(
            SimulatorSettings.local(journal, "M-1001", REQUEST_SECRET, REPLY_SECRET),
            Clock.systemUTC());
    bank.sendCallbacksTo(callbacks.url());
    bank.start();
    return bank;
  }

  /** The bank as a process of its own, as a person would start it. */
  private Process process() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            SimulatorMain.class.getName(),
            "--port",
            "0",
            "--journal",
            journal.toString(),
            "--merchant",
            "M-1001",
            "--callback-url",
            callbacks.url().toString());
    builder.environment().put("SLUICE_BANK_REQUEST_SECRET", REQUEST_SECRET);
    builder.environment().put("SLUICE_BANK_REPLY_SECRET", REPLY_SECRET);
    return builder.redirectErrorStream(true).start();
  }

  private static URI urlOf(Process process) throws IOException {
    String said = "simulated bank on ";
    var lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(said)) {
        return URI.create(line.substring(said.length()));
      }
    }
    throw new AssertionError("the bank's process ended before it listened");
  }

  private static int count(BankControl control, String field) {
    String counts = control.call("GET", "/payments?format=count", "", 200);
    return Json.MAPPER.readTree(counts).get(field).intValue();
  }

  private HttpResponse<String> instruct(URI bank, String number)
      throws IOException, InterruptedException {
    return send(bank, new String(body(number), StandardCharsets.UTF_8));
  }

  private HttpResponse<String> send(URI bank, String text)
      throws IOException, InterruptedException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String now = Long.toString(Clock.systemUTC().instant().getEpochSecond());
    return post(bank, body, now, requests.sign(now, "POST /payouts", body));
  }

  private HttpResponse<String> post(URI bank, byte[] body, String timestamp, String signature)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(bank.resolve("/payouts"))
            .timeout(Duration.ofSeconds(10))
            .header(BankProtocol.TIMESTAMP, timestamp)
            .header(BankProtocol.SIGNATURE, signature)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] body(String number) {
    return """
    {"merchantId":"M-1001","requestNo":"%s","amount":"500.00","currency":"CNY","account":"%s"}\
    """
        .formatted(number, ACCOUNT)
        .getBytes(StandardCharsets.UTF_8);
  }
}

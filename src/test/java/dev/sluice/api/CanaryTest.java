package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.channel.BankControl;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.iban4j.CountryCode;
import org.iban4j.Iban;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Numbers that are nowhere else are sent along every path: registered, paid, refused, lost, called
 * back about, stand on a statement, and are put wherever they don't belong. Then they are looked
 * for in logs, metrics, answers and webhooks, and in every file of the database: tables, queue,
 * write-ahead log, and its own log of all statements with their parameters. Free text (note, bank,
 * reason, reference, user id) is kept as it is sent and is no path of a number.
 */
class CanaryTest {
  private static final Random RANDOM = new Random();
  private static final String CARD = "622576" + digits(10);
  private static final String IBAN = Iban.random(CountryCode.DE).toString();
  private static final String ALIPAY = "2088" + digits(12);
  private static final String OPEN_ID = "oCanary_" + digits(20);
  private static final List<String> CANARIES = List.of(CARD, IBAN, ALIPAY, OPEN_ID);
  private static final String USER = "U1";

  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final Queue<String> notified = new ConcurrentLinkedQueue<>();
  private final List<String> answers = new ArrayList<>();

  private static String digits(int count) {
    StringBuilder digits = new StringBuilder();
    RANDOM.ints(count, 0, 10).forEach(digits::append);
    return digits.toString();
  }

  /** The calls of a test class of the API, on this test's own service. */
  private static final class Api extends ApiTest {
    Api(ConfigurableApplicationContext service) {
      super(service);
    }
  }

  @Test
  void aNumberIsNowhereInClear(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    Path journal = directory.resolve("bank.jsonl");
    try (EmbeddedPostgres postgres = database(data);
        SimulatedBank bank = bank(journal);
        BankControl control = new BankControl(bank.url())) {
      HttpServer merchant = merchant();
      try (ConfigurableApplicationContext service =
          ApiTest.start(
              postgres.getJdbcUrl("postgres", "postgres"), settings(bank.url(), directory))) {
        listen();
        bank.sendCallbacksTo(
            URI.create("http://127.0.0.1:%d/v1/callbacks/bank".formatted(ApiTest.port(service))));
        Api api = new Api(service);
        goodWays(api, control, merchant.getAddress().getPort());
        batches(api);
        statement(api);
        wrongWays(api);
        foundNowhere("metrics", api.get("/actuator/prometheus").send().http().body());
      } finally {
        merchant.stop(0);
      }
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("checkpoint");
      }
    }
    assertThat(logged).as("the log was listened to").isNotEmpty();
    assertThat(notified).as("the merchant was told").isNotEmpty();
    logged.forEach(line -> foundNowhere("log", line));
    notified.forEach(body -> foundNowhere("webhook", body));
    answers.forEach(answer -> foundNowhere("answer", answer));
    foundInNoFileOf(directory, journal);
  }

  private void goodWays(Api api, BankControl control, int merchantPort) {
    api.wallet(USER, "CNY", "100000.00");
    api.wallet(USER, "EUR", "1000.00");
    keep(
        api.post("/v1/webhook-endpoints")
            .as("operator", "ops")
            .body("{\"url\":\"http://127.0.0.1:%d/\"}".formatted(merchantPort))
            .send());
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("bankAccount", CARD);
    numbers.put("iban", IBAN);
    numbers.put("alipayId", ALIPAY);
    numbers.put("wechatOpenId", OPEN_ID);
    numbers.forEach(
        (field, number) -> {
          ApiTest.Reply reply =
              keep(
                  api.post("/v1/beneficiaries")
                      .as(USER, "withdrawals")
                      .body(
                          "{\"userId\":\"%s\",\"%s\":\"%s\",\"holderName\":\"张伟\"}"
                              .formatted(USER, field, number))
                      .send());
          assertThat(reply.status()).isEqualTo(201);
          keep(withdraw(api, field, "\"beneficiaryId\":\"" + reply.text("id") + "\""));
        });
    List<String> faults =
        List.of(
            "PAY_THEN_TIME_OUT",
            "ERROR_500",
            "ERROR_500_THEN_PAY",
            "REFUSE",
            "REFUSE_BENEFICIARY",
            "HTML_REPLY",
            "FORGED_REPLY",
            "THROTTLE_429",
            "WRONG_BENEFICIARY",
            "WRONG_AMOUNT",
            "CALLBACK_TWICE");
    for (String fault : faults) {
      control.fault(fault);
      ApiTest.Reply order = keep(withdraw(api, fault, "\"bankAccount\":\"" + CARD + "\""));
      assertThat(order.status()).isEqualTo(201);
      String number = attempt(api, order.text("id"));
      control.call(
          "POST",
          "/control/callback",
          """
          {"requestNo":"%s","status":"PAID","code":"OK","message":"to %s","account":"%s",\
          "merchantId":"M-1","amount":"10.00","currency":"CNY","bankReference":"B1"}\
          """
              .formatted(number, CARD, CARD),
          202);
    }
    control.call("DELETE", "/control/faults", "", 204);
    keep(withdraw(api, "iban-in-full", "\"bankAccount\":\"" + IBAN + "\""));
    await(
        () ->
            api.jdbc
                    .queryForList(
                        "select 1 from withdrawal where status in ('SUCCESS', 'FAILED')",
                        Integer.class)
                    .size()
                >= faults.size() - 3);
    await(() -> !notified.isEmpty());
    String first =
        api.jdbc.queryForList("select id::text from withdrawal", String.class).getFirst();
    for (String path :
        List.of(
            "/v1/withdrawals",
            "/v1/withdrawals/" + first,
            "/v1/withdrawals/" + first + "/timeline",
            "/v1/review-cases",
            "/v1/channels",
            "/v1/webhook-endpoints")) {
      keep(api.get(path).as(USER, "withdrawals ops ledger").send());
    }
    keep(api.get("/v1/beneficiaries?userId=" + USER).as("svc", "ledger").send());
  }

  /** Many orders in one call, right ones and wrong ones, and lines that break off. */
  private void batches(Api api) {
    for (String number : List.of(CARD, IBAN)) {
      List<String> orders =
          Stream.of(
                  "\"amount\":\"1.00\",\"bankAccount\":\"%s\"",
                  "\"amount\":\"1.00\",\"currency\":\"%s\",\"bankAccount\":\"x\"",
                  "\"amount\":\"1.00\",\"beneficiaryId\":\"%s\"",
                  "\"amount\":\"1.00\",\"bankAccount\":\"%s00000000\"",
                  "\"amount\":\"999999999.00\",\"bankAccount\":\"%s\"",
                  "\"amount\":\"%s\",\"bankAccount\":7")
              .map(fields -> fields.formatted(number))
              .map(
                  fields ->
                      "{\"idempotencyKey\":\"b-%d\",\"userId\":\"U1\",%s}"
                          .formatted(fields.hashCode(), fields))
              .toList();
      String whole = "{\"orders\":[" + String.join(",", orders) + "]}";
      for (String body : List.of(whole, whole.substring(0, whole.length() - 30))) {
        keep(batch(api, "application/json", body));
      }
      String lines = String.join("\n", orders) + "\n";
      for (String body : List.of(lines, lines + number + "\n", lines + "{\"" + number)) {
        keep(batch(api, "application/x-ndjson", body));
      }
    }
  }

  private static ApiTest.Reply batch(Api api, String type, String body) {
    return api.post("/v1/withdrawal-batches")
        .as(USER, "withdrawals:batch withdrawals")
        .header("Content-Type", type)
        .body(body)
        .send();
  }

  /** A channel's own list that shows whole numbers. */
  private void statement(Api api) {
    LocalDate day = LocalDate.now(ZoneId.of("Asia/Shanghai")).minusDays(2);
    String list = "request_number,amount,beneficiary,booked_at\n";
    for (String number : CANARIES) {
      list += "foreign-%d,12.50,%s,%s 12:00:00\n".formatted(number.length(), number, day);
    }
    ApiTest.Reply kept =
        keep(
            api.post("/v1/statements?source=standin-list&name=list.csv&businessDate=" + day)
                .as("operator", "ops")
                .header("Content-Type", "application/octet-stream")
                .body(list)
                .send());
    assertThat(kept.status()).as(kept.http().body()).isEqualTo(201);
    String file = "/v1/statements/" + kept.text("id");
    await(
        () ->
            !api.get(file).as("operator", "ops").send().text("state").matches("RECEIVED|COMPARED"));
    ApiTest.Reply done = keep(api.get(file).as("operator", "ops").send());
    String run = "/v1/statement-runs/" + done.text("runId");
    for (String path :
        List.of(
            run,
            run + "/lines",
            run + "/report.csv",
            run + "/breaks.csv",
            run + "/page",
            "/v1/breaks",
            "/v1/review-cases")) {
      ApiTest.Reply shown = keep(api.get(path).as("operator", "ops").send());
      assertThat(shown.status()).as(shown.http().body()).isEqualTo(200);
    }
  }

  /** Wherever a number doesn't belong. */
  private void wrongWays(Api api) {
    for (String number : CANARIES) {
      String json = "\"" + number + "\"";
      for (String body :
          List.of(
              "{\"userId\":%s,\"amount\":1,\"bankAccount\":5}".formatted(json),
              "{\"userId\":\"U1\",\"amount\":1,\"bankAccount\":\"%s0000000000\"}".formatted(number),
              "{\"userId\":\"U1\",\"amount\":%s,\"bankAccount\":%s}".formatted(json, json),
              "{\"userId\":\"U1\",\"amount\":1,\"currency\":%s,\"bankAccount\":%s}"
                  .formatted(json, json),
              "{\"userId\":\"U1\",\"amount\":1,\"beneficiaryId\":%s}".formatted(json),
              "{\"userId\":\"U1\",\"amount\":1,\"bankAccount\":%s,\"%s\":1}"
                  .formatted(json, number),
              "{\"userId\":\"U1\",\"amount\":1,\"bankAccount\":[%s]}".formatted(json),
              "{\"userId\":\"U1\",\"amount\":999999999,\"bankAccount\":%s}".formatted(json),
              "{\"userId\":\"U2\",\"amount\":1,\"bankAccount\":%s}".formatted(json),
              "{\"bankAccount\":%s".formatted(json),
              json,
              number)) {
        keep(
            api.post("/v1/withdrawals")
                .as(USER, "withdrawals")
                .key("wrong-" + body.hashCode())
                .body(body)
                .send());
        keep(api.post("/v1/beneficiaries").as(USER, "withdrawals").body(body).send());
        keep(api.post("/v1/callbacks/bank").body(body).send());
      }
      for (String path :
          List.of(
              "/v1/withdrawals/" + number,
              "/v1/withdrawals?status=" + number,
              "/v1/withdrawals?cursor=" + number,
              "/v1/withdrawals?limit=" + number,
              "/v1/withdrawals?" + number + "=1",
              "/v1/accounts/" + number,
              "/v1/webhook-endpoints/" + number + "/deliveries",
              "/v1/review-cases/" + number,
              "/" + number)) {
        keep(api.get(path).as(USER, "withdrawals ops ledger").send());
      }
      keep(api.post("/v1/callbacks/" + number).body(json).send());
      keep(api.get("/v1/withdrawals").bearer(number).send());
      keep(
          api.get("/v1/withdrawals")
              .as(USER, "withdrawals")
              .header("X-Request-Id", number)
              .header("User-Agent", number)
              .send());
      keep(
          api.post("/v1/withdrawals")
              .as(USER, "withdrawals")
              .key(number)
              .header("Content-Type", "application/" + number)
              .body("{}")
              .send());
      keep(
          api.post("/v1/withdrawals")
              .as(USER, "withdrawals")
              .key(number)
              .body(
                  "{\"userId\":\"U1\",\"amount\":1,\"bankAccount\":\"%s\"}"
                      .formatted(number.equals(IBAN) ? IBAN : CARD))
              .send());
    }
  }

  private static ApiTest.Reply withdraw(Api api, String key, String beneficiary) {
    return api.post("/v1/withdrawals")
        .as(USER, "withdrawals")
        .key(key)
        .body("{\"userId\":\"%s\",\"amount\":\"10.00\",%s}".formatted(USER, beneficiary))
        .send();
  }

  private static String attempt(Api api, String order) {
    List<String> numbers = new ArrayList<>();
    await(
        () -> {
          numbers.addAll(
              api.jdbc.queryForList(
                  "select replace(id::text, '-', '') from payout_attempt where withdrawal_id ="
                      + " ?::uuid",
                  String.class,
                  order));
          return !numbers.isEmpty();
        });
    return numbers.getFirst();
  }

  private ApiTest.Reply keep(ApiTest.Reply reply) {
    answers.add(reply.status() + " " + reply.http().headers().map() + " " + reply.http().body());
    return reply;
  }

  private static void foundNowhere(String where, String text) {
    assertThat(text).as(where).doesNotContain(CANARIES);
  }

  /** As text in several encodings; a number is never split over two pages of a row. */
  private static void foundInNoFileOf(Path data, Path except) throws IOException {
    List<byte[]> needles = new ArrayList<>();
    for (String canary : CANARIES) {
      byte[] ascii = canary.getBytes(StandardCharsets.US_ASCII);
      needles.add(ascii);
      for (Charset wide : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
        needles.add(canary.getBytes(wide));
      }
      needles.add(HexFormat.of().formatHex(ascii).getBytes(StandardCharsets.US_ASCII));
      for (int before = 0; before < 3; before++) {
        needles.add(inBase64(ascii, before));
      }
    }
    int files = 0;
    int statements = 0;
    try (Stream<Path> all = Files.walk(data)) {
      for (Path file : all.filter(f -> Files.isRegularFile(f) && !f.equals(except)).toList()) {
        files++;
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        statements += content.contains("insert into beneficiary as b") ? 1 : 0;
        for (byte[] needle : needles) {
          assertThat(content.contains(new String(needle, StandardCharsets.ISO_8859_1)))
              .as("%s holds a number in clear", data.relativize(file))
              .isFalse();
        }
      }
    }
    assertThat(files).as("files of the database").isGreaterThan(900);
    assertThat(statements).as("its log of statements was read, too").isPositive();
  }

  /** As it is spelled within something longer, behind so many bytes of a group of three. */
  private static byte[] inBase64(byte[] text, int before) {
    byte[] behind = new byte[before + text.length];
    System.arraycopy(text, 0, behind, before, text.length);
    String spelled = Base64.getEncoder().withoutPadding().encodeToString(behind);
    // The letters at both ends depend on what stands around.
    int from = before == 0 ? 0 : before + 1;
    return spelled.substring(from, spelled.length() - 2).getBytes(StandardCharsets.US_ASCII);
  }

  private void listen() {
    AppenderBase<ILoggingEvent> ears =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            logged.add(
                "%s %s %s %s"
                    .formatted(
                        event.getFormattedMessage(),
                        event.getKeyValuePairs(),
                        event.getMDCPropertyMap(),
                        thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
          }
        };
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ears.setContext(root.getLoggerContext());
    ears.start();
    root.addAppender(ears);
  }

  private HttpServer merchant() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          notified.add(
              exchange.getRequestHeaders()
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static EmbeddedPostgres database(Path data) throws IOException, SQLException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "off")
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_directory", "log")
            .setServerConfig("log_statement", "all")
            .start();
    return postgres;
  }

  private static SimulatedBank bank(Path journal) {
    SimulatedBank bank =
        new SimulatedBank(
            SimulatorSettings.local(
                journal, "M-1", "a request secret for tests", "a reply secret for tests!!"),
            Clock.systemUTC());
    bank.start();
    return bank;
  }

  private static String[] settings(URI bank, Path directory) {
    String prefix = "--sluice.channels.bank.";
    return new String[] {
      "--sluice.reconcile.directory=" + directory.resolve("statements"),
      "--sluice.reconcile.poll-pause=100ms",
      prefix + "url=" + bank,
      prefix + "merchant-id=M-1",
      prefix + "request-secret=a request secret for tests",
      prefix + "reply-secret=a reply secret for tests!!",
      prefix + "call-timeout=500ms",
      "--sluice.payouts.query-pauses=200ms,500ms",
      "--logging.level.root=info",
      "--logging.level.dev.sluice=trace",
    };
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}

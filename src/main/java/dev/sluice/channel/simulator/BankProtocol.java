package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Currency;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The bank's own protocol: {@code POST /payouts}, {@code GET /payouts/{requestNo}} and {@code GET
 * /balance/{currency}}, JSON, signed both ways with {@link Signatures}. Everything that it has done
 * or decided it says with HTTP 200; an unknown request number is 404, one used for something else
 * 409.
 */
final class BankProtocol implements Protocol {
  static final String NAME = "bank";
  static final String TIMESTAMP = "X-Bank-Timestamp";
  static final String SIGNATURE = "X-Bank-Signature";

  /**
   * The subject of a reply's or callback's signature, so that it can be verified before parsing.
   */
  static final String REQUEST_NO = "X-Bank-Request-No";

  private static final String PATH = "/payouts";
  private static final String BALANCE = "/balance";
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,16}(\\.[0-9]{1,4})?");
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9]{4,34}");
  private static final byte[] PAGE =
      "<html><body><h1>502 Bad Gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);
  private static final byte[] RECEIPT = "RECEIVED".getBytes(StandardCharsets.UTF_8);

  private final String merchantId;
  private final Signatures requests;
  private final Signatures replies;
  private final Clock clock;
  private final Timer timer;
  private final PaymentDesk desk;
  private final Funds funds;
  private final Supplier<@Nullable URI> callbackUrl;

  BankProtocol(
      SimulatorSettings settings,
      Clock clock,
      Timer timer,
      PaymentDesk desk,
      Funds funds,
      Supplier<@Nullable URI> callbackUrl) {
    this.merchantId = settings.merchantId();
    this.requests = new Signatures(settings.requestSecret());
    this.replies = new Signatures(settings.replySecret());
    this.clock = clock;
    this.timer = timer;
    this.desk = desk;
    this.funds = funds;
    this.callbackUrl = callbackUrl;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public List<String> paths() {
    return List.of(PATH, BALANCE);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    byte[] body = Http.body(exchange);
    if (body == null) {
      return;
    }
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    if (!isSigned(exchange, method + " " + path, body)) {
      Http.problem(exchange, 401, "BAD_SIGNATURE", "the signature or its timestamp isn't right");
      return;
    }
    if (method.equals("POST") && path.equals(PATH)) {
      instruct(exchange, body);
    } else if (method.equals("GET") && path.startsWith(BALANCE + "/")) {
      balance(exchange, path);
    } else if (method.equals("GET") && path.startsWith(PATH + "/")) {
      String requestNo = path.substring(PATH.length() + 1);
      if (REQUEST_NUMBER.matcher(requestNo).matches()) {
        PaymentKey key = new PaymentKey(NAME, requestNo);
        answer(exchange, desk.query(key));
      } else {
        Http.problem(exchange, 400, "INVALID_REQUEST", "not a request number");
      }
    } else {
      Http.problem(exchange, 404, "NO_SUCH_CALL", "there is POST /payouts and GET /payouts/{no}");
    }
  }

  private void balance(HttpExchange exchange, String path) throws IOException {
    if (desk.isDown()) {
      exchange.close();
      return;
    }
    Currency currency;
    try {
      currency = Currency.getInstance(path.substring(BALANCE.length() + 1));
    } catch (IllegalArgumentException e) {
      Http.problem(exchange, 404, "NO_SUCH_CALL", "there is GET /balance/{currency}");
      return;
    }
    Map<String, String> balance = new LinkedHashMap<>();
    balance.put("merchantId", merchantId);
    balance.put("currency", currency.getCurrencyCode());
    balance.put("available", funds.left(currency).decimal());
    byte[] body = Json.bytes(balance);
    String timestamp = timestamp();
    exchange.getResponseHeaders().set(TIMESTAMP, timestamp);
    exchange.getResponseHeaders().set(SIGNATURE, replies.sign(timestamp, path.substring(1), body));
    Http.json(exchange, 200, body);
  }

  @Override
  public @Nullable Callback callback(Report report) {
    URI to = callbackUrl.get();
    if (to == null) {
      return null;
    }
    byte[] body = Json.bytes(report);
    String timestamp = timestamp();
    return new Callback(
        to,
        Map.of(
            TIMESTAMP,
            timestamp,
            REQUEST_NO,
            report.requestNo(),
            SIGNATURE,
            replies.sign(timestamp, report.requestNo(), body)),
        body);
  }

  @Override
  public boolean isReceipt(int status, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    return status / 100 == 2
        && MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), RECEIPT);
  }

  private void instruct(HttpExchange exchange, byte[] body) throws IOException {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      Http.problem(exchange, 400, "INVALID_REQUEST", "the body is not JSON");
      return;
    }
    String requestNo = Json.text(json, "requestNo");
    if (requestNo == null || !REQUEST_NUMBER.matcher(requestNo).matches()) {
      Http.problem(exchange, 400, "INVALID_REQUEST", "requestNo is missing or malformed");
      return;
    }
    PaymentKey key = new PaymentKey(NAME, requestNo);
    if (!merchantId.equals(Json.text(json, "merchantId"))) {
      answer(exchange, desk.refuseUnread(key, "UNKNOWN_MERCHANT", "No such merchant"));
      return;
    }
    String account = Json.text(json, "account");
    Money amount = amount(json);
    if (amount == null || account == null || !ACCOUNT.matcher(account).matches()) {
      answer(
          exchange,
          desk.refuseUnread(
              key, "INVALID_REQUEST", "amount, currency or account is missing or malformed"));
      return;
    }
    answer(exchange, desk.instruct(new Instruction(key, hash(body), amount, account)));
  }

  private void answer(HttpExchange exchange, Answer answer) throws IOException {
    switch (answer) {
      case Answer.Says says -> say(exchange, says.report(), says.manner());
      case Answer.SaysLate late -> {
        timer.pause(late.after());
        say(exchange, late.report(), Manner.AS_IT_SHOULD);
      }
      case Answer.Fails ignored ->
          Http.problem(exchange, 500, "INTERNAL_ERROR", "something went wrong");
      case Answer.Throttles ignored ->
          Http.problem(exchange, 429, "TOO_MANY_REQUESTS", "slow down");
      case Answer.HangsUp ignored -> exchange.close();
    }
  }

  private void say(HttpExchange exchange, Report report, Manner manner) throws IOException {
    if (manner == Manner.HTML) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      Http.send(exchange, 200, PAGE);
      return;
    }
    byte[] body = Json.bytes(report);
    String timestamp = timestamp();
    String signature = replies.sign(timestamp, report.requestNo(), body);
    if (manner == Manner.FORGED) {
      // Right in form, and made without the key.
      signature = HexFormat.of().formatHex(sha256(signature.getBytes(StandardCharsets.UTF_8)));
    }
    if (manner != Manner.UNSIGNED) {
      exchange.getResponseHeaders().set(TIMESTAMP, timestamp);
      exchange.getResponseHeaders().set(REQUEST_NO, report.requestNo());
      exchange.getResponseHeaders().set(SIGNATURE, signature);
    }
    int status =
        switch (report.code()) {
          case "NOT_FOUND" -> 404;
          case "DUPLICATE_OTHER_BODY" -> 409;
          default -> 200;
        };
    Http.json(exchange, status, body);
  }

  private boolean isSigned(HttpExchange exchange, String subject, byte[] body) {
    String timestamp = exchange.getRequestHeaders().getFirst(TIMESTAMP);
    String signature = exchange.getRequestHeaders().getFirst(SIGNATURE);
    if (timestamp == null || signature == null || !SECONDS.matcher(timestamp).matches()) {
      return false;
    }
    long apart = Math.abs(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
    return apart <= CLOCK_SKEW.toSeconds() && requests.matches(signature, timestamp, subject, body);
  }

  private String timestamp() {
    return Long.toString(clock.instant().getEpochSecond());
  }

  private static @Nullable Money amount(JsonNode json) {
    String amount = Json.text(json, "amount");
    String currency = Json.text(json, "currency");
    if (amount == null || currency == null || !AMOUNT.matcher(amount).matches()) {
      return null;
    }
    try {
      return Money.of(new BigDecimal(amount), Currency.getInstance(currency));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String hash(byte[] body) {
    return HexFormat.of().formatHex(sha256(body));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(Objects.requireNonNull(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java", e);
    }
  }
}

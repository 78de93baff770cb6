package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Alipay's gateway: transfers, queries, and the message that an order has changed. What the bank
 * says is put into Alipay's words by {@link AlipayWords}.
 */
final class AlipayProtocol implements Protocol {
  static final String NAME = "alipay";
  static final String TRANSFER = "alipay.fund.trans.uni.transfer";
  static final String QUERY = "alipay.fund.trans.common.query";
  static final String FUNDS = "alipay.fund.account.query";

  private static final String PATH = "/alipay/gateway.do";
  private static final Set<String> METHODS = Set.of(TRANSFER, QUERY, FUNDS);
  private static final Currency CNY = Currency.getInstance("CNY");
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,2})?");
  private static final Pattern TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}");
  private static final byte[] PAGE =
      "<html><body><h1>502 Bad Gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);
  private static final byte[] RECEIPT = "success".getBytes(StandardCharsets.UTF_8);

  private final AlipaySimulation simulation;
  private final AlipayWords words;
  private final Clock clock;
  private final Timer timer;
  private final PaymentDesk desk;
  private final Funds funds;
  private final Supplier<@Nullable URI> callbackUrl;

  AlipayProtocol(
      AlipaySimulation simulation,
      String merchantId,
      Clock clock,
      Timer timer,
      PaymentDesk desk,
      Funds funds,
      Supplier<@Nullable URI> callbackUrl) {
    this.simulation = simulation;
    this.words = new AlipayWords(simulation.appId(), merchantId);
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
  public void handle(HttpExchange exchange) throws IOException {
    byte[] body = Http.body(exchange);
    if (body == null) {
      return;
    }
    if (desk.isDown() && exchange.getRequestMethod().equals("GET")) {
      exchange.close();
      return;
    }
    Map<String, String> parameters = parameters(exchange, body);
    String method = parameters.getOrDefault("method", "");
    if (!exchange.getRequestMethod().equals("POST") || !METHODS.contains(method)) {
      say(exchange, method, AlipayWords.error("40002", "isv.invalid-method"));
      return;
    }
    String flaw = flaw(parameters);
    if (flaw != null) {
      say(exchange, method, AlipayWords.error("40002", flaw));
      return;
    }
    JsonNode content;
    try {
      content = Json.MAPPER.readTree(parameters.getOrDefault("biz_content", ""));
    } catch (JacksonException e) {
      say(exchange, method, AlipayWords.error("40004", "INVALID_PARAMETER"));
      return;
    }
    if (method.equals(FUNDS)) {
      balance(exchange, content);
      return;
    }
    String requestNo = Json.text(content, "out_biz_no");
    if (requestNo == null || !REQUEST_NUMBER.matcher(requestNo).matches()) {
      say(exchange, method, AlipayWords.error("40004", "INVALID_PARAMETER"));
      return;
    }
    PaymentKey key = new PaymentKey(NAME, requestNo);
    if (method.equals(QUERY)) {
      boolean whole =
          Json.text(content, "product_code") != null && Json.text(content, "biz_scene") != null;
      Answer invalid = desk.refuseUnread(key, "INVALID_PARAMETER", "Which product?");
      answer(exchange, method, whole ? desk.query(key) : invalid);
    } else {
      answer(exchange, method, instruct(key, content, parameters.getOrDefault("biz_content", "")));
    }
  }

  private void balance(HttpExchange exchange, JsonNode content) throws IOException {
    if (desk.isDown()) {
      exchange.close();
      return;
    }
    String userId = Json.text(content, "alipay_user_id");
    boolean whole =
        userId != null
            && !userId.isBlank()
            && "ACCTRANS_ACCOUNT".equals(Json.text(content, "account_type"));
    if (!whole) {
      say(exchange, FUNDS, AlipayWords.error("40004", "INVALID_PARAMETER"));
      return;
    }
    Map<String, String> node = new LinkedHashMap<>();
    node.put("code", "10000");
    node.put("msg", "Success");
    node.put("available_amount", funds.left(CNY).decimal());
    node.put("freeze_amount", "0.00");
    say(exchange, FUNDS, node);
  }

  @Override
  public @Nullable Callback callback(Report report) {
    URI to = simulation.callbackUrl() == null ? callbackUrl.get() : simulation.callbackUrl();
    if (to == null) {
      return null;
    }
    Map<String, String> message = new TreeMap<>(words.message(report));
    message.put("charset", "utf-8");
    message.put("version", "1.1");
    message.put("utc_timestamp", Long.toString(clock.millis()));
    message.put("notify_id", report.requestNo() + clock.millis());
    String sign = Rsa.sign(simulation.alipayKey(), content(message));
    message.put("sign_type", "RSA2");
    message.put("sign", sign);
    String form =
        message.entrySet().stream()
            .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return new Callback(
        to,
        Map.of("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"),
        form.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public boolean isReceipt(int status, byte[] body) {
    return status == 200 && MessageDigest.isEqual(body, RECEIPT);
  }

  private Answer instruct(PaymentKey key, JsonNode content, String raw) {
    JsonNode payee = content.get("payee_info");
    String account = payee == null ? null : Json.text(payee, "identity");
    String amount = Json.text(content, "trans_amount");
    if (account == null || amount == null) {
      return desk.refuseUnread(key, "INVALID_PARAMETER", "Who, or how much?");
    }
    boolean whole =
        !account.isBlank()
            && Json.text(payee, "identity_type") != null
            && AMOUNT.matcher(amount).matches()
            && Json.text(content, "order_title") != null
            && "DIRECT_TRANSFER".equals(Json.text(content, "biz_scene"));
    if (!whole) {
      return desk.refuseUnread(key, "INVALID_PARAMETER", "A field is missing or malformed");
    }
    try {
      Money money = Money.of(new BigDecimal(amount), CNY);
      return desk.instruct(new Instruction(key, Hash.of(raw), money, account));
    } catch (IllegalArgumentException e) {
      return desk.refuseUnread(key, "EXCEED_LIMIT_SM_MIN_AMOUNT", "Not an amount to pay");
    }
  }

  private void answer(HttpExchange exchange, String method, Answer answer) throws IOException {
    switch (answer) {
      case Answer.Says says -> say(exchange, method, says.report(), says.manner());
      case Answer.SaysLate late -> {
        timer.pause(late.after());
        say(exchange, method, late.report(), Manner.AS_IT_SHOULD);
      }
      case Answer.Fails ignored -> Http.problem(exchange, 500, "ERROR", "something went wrong");
      case Answer.Throttles ignored ->
          say(exchange, method, AlipayWords.error("40005", "isv.app-call-limited"));
      case Answer.HangsUp ignored -> exchange.close();
    }
  }

  private void say(HttpExchange exchange, String method, Report report, Manner manner)
      throws IOException {
    if (manner == Manner.HTML) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      Http.send(exchange, 200, PAGE);
      return;
    }
    String node = Json.MAPPER.writeValueAsString(words.node(report, method.equals(QUERY)));
    send(exchange, method, node, manner);
  }

  private void say(HttpExchange exchange, String method, Map<String, String> node)
      throws IOException {
    send(exchange, method, Json.MAPPER.writeValueAsString(node), Manner.AS_IT_SHOULD);
  }

  /** As the real gateway, it calls its JSON text/html. */
  private void send(HttpExchange exchange, String method, String node, Manner manner)
      throws IOException {
    StringBuilder reply = new StringBuilder("{\"");
    reply.append(method.isEmpty() ? "error" : method.replace('.', '_'));
    reply.append("_response\":").append(node);
    AlipaySimulation.Certificates certificates = simulation.certificates();
    if (certificates != null) {
      reply.append(",\"alipay_cert_sn\":\"").append(certificates.alipay()).append('"');
    }
    if (manner != Manner.UNSIGNED) {
      String sign = Rsa.sign(simulation.alipayKey(), node);
      reply
          .append(",\"sign\":\"")
          .append(manner == Manner.FORGED ? Rsa.forge(sign) : sign)
          .append('"');
    }
    exchange.getResponseHeaders().set("Content-Type", "text/html;charset=utf-8");
    Http.send(exchange, 200, reply.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable String flaw(Map<String, String> parameters) {
    if (!simulation.appId().equals(parameters.get("app_id"))) {
      return "isv.invalid-app-id";
    }
    if (!"RSA2".equals(parameters.get("sign_type"))) {
      return "isv.invalid-signature-type";
    }
    if (!"utf-8".equalsIgnoreCase(parameters.get("charset"))) {
      return "isv.invalid-charset";
    }
    if (!TIME.matcher(parameters.getOrDefault("timestamp", "")).matches()) {
      return "isv.invalid-timestamp";
    }
    AlipaySimulation.Certificates certificates = simulation.certificates();
    if (certificates != null
        && !(certificates.app().equals(parameters.get("app_cert_sn"))
            && certificates.root().equals(parameters.get("alipay_root_cert_sn")))) {
      return "isv.invalid-app-cert-sn";
    }
    Map<String, String> signed = new TreeMap<>(parameters);
    signed.remove("sign");
    signed.values().removeIf(String::isEmpty);
    return Rsa.verifies(simulation.appKey(), content(signed), parameters.get("sign"))
        ? null
        : "isv.invalid-signature";
  }

  private static String content(Map<String, String> sorted) {
    return sorted.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
        .collect(Collectors.joining("&"));
  }

  /** From the address and the form alike. */
  private static Map<String, String> parameters(HttpExchange exchange, byte[] body) {
    Map<String, String> parameters = new TreeMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    String form = new String(body, StandardCharsets.UTF_8);
    for (String pair : ((query == null ? "" : query) + "&" + form).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ""; // then the signature isn't right either
    }
  }
}

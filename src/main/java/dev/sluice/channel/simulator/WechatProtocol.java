package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * WeChat Pay's merchant transfer, API v3: instructions, queries and cancellations by our number,
 * and the notification of a finished transfer. What the bank says is put into WeChat Pay's words by
 * {@link WechatWords}. The user confirms by himself, as soon as the bank's delay has passed.
 */
final class WechatProtocol implements Protocol {
  static final String NAME = "wechat";
  private static final String PATH = "/wechat";
  private static final String BILLS = PATH + "/v3/fund-app/mch-transfer/transfer-bills";
  private static final String BALANCE = PATH + "/v3/merchant/fund/balance/";
  private static final String BY_NUMBER = BILLS + "/out-bill-no/";
  private static final String CANCEL = "/cancel";
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9]{1,32}");
  private static final byte[] PAGE =
      "<html><body><h1>502 Bad Gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);

  private final WechatSimulation simulation;
  private final WechatWords words;
  private final WechatSeal seal;
  private final Timer timer;
  private final PaymentDesk desk;
  private final Funds funds;
  private final Supplier<@Nullable URI> callbackUrl;

  WechatProtocol(
      WechatSimulation simulation,
      String merchantId,
      Clock clock,
      Timer timer,
      PaymentDesk desk,
      Funds funds,
      Supplier<@Nullable URI> callbackUrl) {
    this.simulation = simulation;
    this.words = new WechatWords(simulation.mchId(), simulation.appId(), merchantId);
    this.seal = new WechatSeal(simulation, clock);
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
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    boolean isProbe = method.equals("GET") && path.equals(BILLS);
    if (isProbe && desk.isDown()) {
      exchange.close();
    } else if (!seal.isTheMerchants(
        exchange.getRequestHeaders().getFirst("Authorization"), method, path, body)) {
      error(exchange, 401, "SIGN_ERROR");
    } else if (method.equals("POST") && path.equals(BILLS)) {
      instruct(exchange, body);
    } else if (method.equals("GET") && path.startsWith(BALANCE)) {
      balance(exchange, path.substring(BALANCE.length()));
    } else if (path.startsWith(BY_NUMBER)) {
      byNumber(exchange, method, path.substring(BY_NUMBER.length()));
    } else {
      error(exchange, 404, "RESOURCE_NOT_EXISTS");
    }
  }

  private void balance(HttpExchange exchange, String account) throws IOException {
    if (desk.isDown()) {
      exchange.close();
    } else if (Set.of("BASIC", "OPERATION", "FEES").contains(account)) {
      Map<String, Object> reply = new LinkedHashMap<>();
      reply.put("available_amount", funds.left(Currency.getInstance("CNY")).minor());
      reply.put("pending_amount", 0);
      send(exchange, 200, reply, Manner.AS_IT_SHOULD);
    } else {
      error(exchange, 400, "PARAM_ERROR");
    }
  }

  @Override
  public @Nullable Callback callback(Report report) {
    URI to = simulation.callbackUrl() == null ? callbackUrl.get() : simulation.callbackUrl();
    if (to == null) {
      return null;
    }
    String body = Json.MAPPER.writeValueAsString(seal.notification(words.bill(report)));
    Map<String, String> headers = new LinkedHashMap<>(seal.headers(body, Manner.AS_IT_SHOULD));
    headers.put("Content-Type", "application/json");
    return new Callback(to, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A transfer to a wallet never comes back: WeChat Pay has no word for it. */
  @Override
  public boolean tells(Report report) {
    return !report.status().equals("RETURNED");
  }

  @Override
  public boolean isReceipt(int status, byte[] body) {
    return status == 200 || status == 204;
  }

  private void byNumber(HttpExchange exchange, String method, String rest) throws IOException {
    boolean cancels = rest.endsWith(CANCEL);
    String requestNo = cancels ? rest.substring(0, rest.length() - CANCEL.length()) : rest;
    if (!REQUEST_NUMBER.matcher(requestNo).matches() || !method.equals(cancels ? "POST" : "GET")) {
      error(exchange, 400, "PARAM_ERROR");
      return;
    }
    PaymentKey key = new PaymentKey(NAME, requestNo);
    answer(exchange, cancels ? desk.cancel(key, WechatWords.CANCELLED) : desk.query(key), true);
  }

  private void instruct(HttpExchange exchange, byte[] body) throws IOException {
    String raw = new String(body, StandardCharsets.UTF_8);
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(raw);
    } catch (JacksonException e) {
      error(exchange, 400, "PARAM_ERROR");
      return;
    }
    String requestNo = Json.text(json, "out_bill_no");
    String openid = Json.text(json, "openid");
    JsonNode amount = json.get("transfer_amount");
    boolean whole =
        requestNo != null
            && REQUEST_NUMBER.matcher(requestNo).matches()
            && openid != null
            && !openid.isBlank()
            && simulation.appId().equals(Json.text(json, "appid"))
            && Json.text(json, "transfer_scene_id") != null
            && Json.text(json, "transfer_remark") != null
            && amount != null
            && amount.isIntegralNumber()
            && amount.canConvertToLong()
            && amount.longValue() > 0
            && seal.canRead(
                Json.text(json, "user_name"),
                exchange.getRequestHeaders().getFirst("Wechatpay-Serial"));
    if (!whole) {
      error(exchange, 400, "PARAM_ERROR");
      return;
    }
    PaymentKey key = new PaymentKey(NAME, String.valueOf(requestNo));
    Money money = Money.ofMinor(amount.longValue(), "CNY");
    Instruction instruction = new Instruction(key, Hash.of(raw), money, String.valueOf(openid));
    answer(exchange, desk.instruct(instruction), false);
  }

  private void answer(HttpExchange exchange, Answer answer, boolean query) throws IOException {
    switch (answer) {
      case Answer.Says says -> say(exchange, says.report(), says.manner(), query);
      case Answer.SaysLate late -> {
        timer.pause(late.after());
        say(exchange, late.report(), Manner.AS_IT_SHOULD, query);
      }
      case Answer.Fails ignored -> error(exchange, 500, "SYSTEM_ERROR");
      case Answer.Throttles ignored -> error(exchange, 429, "FREQUENCY_LIMIT_EXCEED");
      case Answer.HangsUp ignored -> exchange.close();
    }
  }

  private void say(HttpExchange exchange, Report report, Manner manner, boolean query)
      throws IOException {
    if (manner == Manner.HTML) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      Http.send(exchange, 200, PAGE);
      return;
    }
    int status =
        switch (report.code()) {
          case "NOT_FOUND" -> 404;
          case "DUPLICATE_OTHER_BODY" -> 403;
          default -> 200;
        };
    send(exchange, status, words.reply(report, query), manner);
  }

  private void error(HttpExchange exchange, int status, String code) throws IOException {
    send(exchange, status, WechatWords.error(code), Manner.AS_IT_SHOULD);
  }

  private void send(HttpExchange exchange, int status, Map<String, ?> reply, Manner manner)
      throws IOException {
    String body = Json.MAPPER.writeValueAsString(reply);
    seal.headers(body, manner).forEach(exchange.getResponseHeaders()::set);
    Http.json(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }
}

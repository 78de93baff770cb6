package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the bank what to do wrong, and makes it give money back, settle or call back. Unsigned and
 * for loopback callers only; a real bank has nothing like it.
 */
final class Control {
  static final String PATH = "/control";
  private static final int MAX_TIMES = 1_000;

  private final PaymentDesk desk;
  private final PaymentBook book;
  private final Faults faults;
  private final Funds funds;
  private final List<String> protocols;

  Control(PaymentDesk desk, PaymentBook book, Faults faults, Funds funds, List<String> protocols) {
    this.desk = desk;
    this.book = book;
    this.faults = faults;
    this.funds = funds;
    this.protocols = List.copyOf(protocols);
  }

  void handle(HttpExchange exchange) throws IOException {
    byte[] body = Http.body(exchange);
    if (body == null) {
      return;
    }
    try {
      String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      switch (call) {
        case "POST /control/faults" -> {
          faults.add(read(body, FaultOrder.class).rule());
          Http.json(exchange, 201, Json.bytes(faults.inForce()));
        }
        case "GET /control/faults" -> Http.json(exchange, 200, Json.bytes(faults.inForce()));
        case "DELETE /control/faults" -> {
          faults.clear();
          Http.send(exchange, 204, new byte[0]);
        }
        case "PUT /control/funds" -> {
          funds.set(read(body, FundsOrder.class).money());
          Http.send(exchange, 204, new byte[0]);
        }
        case "DELETE /control/funds" -> {
          funds.forget();
          Http.send(exchange, 204, new byte[0]);
        }
        case "POST /control/return" -> giveBack(exchange, read(body, ReturnOrder.class));
        case "POST /control/settle" -> settle(exchange, read(body, SettleOrder.class));
        case "POST /control/callback" -> callBack(exchange, Json.MAPPER.readTree(body));
        default -> Http.problem(exchange, 404, "NO_SUCH_CALL", "there is no " + call);
      }
    } catch (JacksonException e) {
      Http.problem(exchange, 400, "INVALID_REQUEST", "not the JSON that this call takes");
    } catch (IllegalArgumentException | IllegalStateException e) {
      Http.problem(exchange, 400, "INVALID_REQUEST", String.valueOf(e.getMessage()));
    }
  }

  private void giveBack(HttpExchange exchange, ReturnOrder order) throws IOException {
    PaymentKey key = key(order.protocol(), order.requestNo());
    Payment payment = book.find(key);
    if (payment == null) {
      Http.problem(exchange, 404, "NOT_FOUND", "there is no such payment");
      return;
    }
    Money amount =
        order.amount() == null
            ? null
            : Money.of(new BigDecimal(order.amount()), payment.amount().currency());
    PaymentBook.Change change = desk.giveBack(key, amount, Boolean.TRUE.equals(order.twice()));
    if (change.done() && change.payment() != null) {
      Http.json(exchange, 200, Json.bytes(PaymentView.of(change.payment())));
    } else {
      Http.problem(exchange, 409, "NOT_RETURNABLE", "it isn't paid, or less than that is left");
    }
  }

  private void settle(HttpExchange exchange, SettleOrder order) throws IOException {
    String code = order.code() == null ? "BANK_LIMIT" : order.code();
    boolean pay =
        switch (order.status()) {
          case "PAID" -> true;
          case "REFUSED" -> false;
          default -> throw new IllegalArgumentException("status must be PAID or REFUSED");
        };
    Payment payment = desk.settle(key(order.protocol(), order.requestNo()), pay, code);
    if (payment == null) {
      Http.problem(exchange, 404, "NOT_FOUND", "there is no such payment");
    } else {
      Http.json(exchange, 200, Json.bytes(PaymentView.of(payment)));
    }
  }

  /** What the bank would say of the payment, with whatever fields the caller wants different. */
  private void callBack(HttpExchange exchange, JsonNode order) throws IOException {
    String requestNo = Json.text(order, "requestNo");
    if (!(order instanceof ObjectNode) || requestNo == null || requestNo.isBlank()) {
      throw new IllegalArgumentException("requestNo is missing");
    }
    PaymentKey key = key(Json.text(order, "protocol"), requestNo);
    Payment payment = book.find(key);
    Map<String, Object> said = new LinkedHashMap<>();
    if (payment != null) {
      desk.report(payment).addTo(said);
    }
    int times = 1;
    for (Map.Entry<String, JsonNode> field : order.properties()) {
      switch (field.getKey()) {
        case "protocol" -> {}
        case "times" -> times = field.getValue().asInt(0);
        default -> {
          if (!field.getValue().isString()) {
            throw new IllegalArgumentException(field.getKey() + " must be text");
          }
          said.put(field.getKey(), field.getValue().stringValue());
        }
      }
    }
    if (times < 1 || times > MAX_TIMES) {
      throw new IllegalArgumentException("times must be 1 to " + MAX_TIMES);
    }
    if (!said.keySet().containsAll(Report.REQUIRED)) {
      throw new IllegalArgumentException("without a payment it needs " + Report.REQUIRED);
    }
    Report report = Json.MAPPER.convertValue(said, Report.class);
    desk.callBack(key.protocol(), report, times);
    Http.json(exchange, 202, Json.bytes(report));
  }

  private static <T> T read(byte[] body, Class<T> type) {
    T value = Json.MAPPER.readValue(body, type);
    if (value == null) {
      throw new IllegalArgumentException("the body is empty");
    }
    return value;
  }

  /** Without a protocol: the one that the number came by, else the bank's own. */
  private PaymentKey key(@Nullable String protocol, @Nullable String requestNo) {
    if (requestNo == null) {
      throw new IllegalArgumentException("requestNo is missing");
    }
    if (protocol != null) {
      return new PaymentKey(protocol, requestNo);
    }
    return protocols.stream()
        .map(name -> new PaymentKey(name, requestNo))
        .filter(key -> book.find(key) != null)
        .findFirst()
        .orElse(new PaymentKey(BankProtocol.NAME, requestNo));
  }

  /** {@code POST /control/faults}. */
  record FaultOrder(
      @Nullable Fault fault,
      @Nullable Integer count,
      @Nullable String protocol,
      @Nullable String requestNo,
      @Nullable String accountSuffix,
      @Nullable Long delayMillis,
      @Nullable String code,
      @Nullable Double probability,
      @Nullable Long seed) {
    FaultRule rule() {
      if (fault == null) {
        throw new IllegalArgumentException("fault is missing");
      }
      return new FaultRule(
          fault,
          count == null ? 1 : count,
          protocol,
          requestNo,
          accountSuffix,
          delayMillis == null ? null : Duration.ofMillis(delayMillis),
          code,
          probability == null ? 1 : probability,
          seed == null ? 0 : seed);
    }
  }

  /** {@code PUT /control/funds}: what the customer has, in one currency. */
  record FundsOrder(String currency, String amount) {
    Money money() {
      Currency of = Currency.getInstance(currency);
      BigDecimal value = new BigDecimal(amount);
      return value.signum() == 0 ? Money.zero(of) : Money.of(value, of);
    }
  }

  /** {@code POST /control/return}. */
  record ReturnOrder(
      @Nullable String protocol,
      @Nullable String requestNo,
      @Nullable String amount,
      @Nullable Boolean twice) {}

  /** {@code POST /control/settle}. */
  record SettleOrder(
      @Nullable String protocol,
      @Nullable String requestNo,
      String status,
      @Nullable String code) {}
}

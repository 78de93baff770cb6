package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.channel.simulator.Report.Said;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * UnionPay's payouts (代付, interface 5.1.0) below {@code /unionpay}: {@code backTransReq.do} takes
 * them, {@code queryTrans.do} tells of them. The answer to an instruction only says that it was
 * taken, and a second one under the same number is a duplicate (12). Returns aren't told: the real
 * one has them in its settlement file only.
 */
final class UnionPayProtocol implements Protocol {
  static final String NAME = "unionpay";
  private static final String PATH = "/unionpay";
  private static final String PAYOUT = PATH + "/gateway/api/backTransReq.do";
  private static final String QUERY = PATH + "/gateway/api/queryTrans.do";
  private static final Pattern ORDER_ID = Pattern.compile("[A-Za-z0-9]{8,40}");
  private static final Pattern CARD = Pattern.compile("[0-9]{12,19}");
  private static final Pattern FEN = Pattern.compile("[1-9][0-9]{0,11}");
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZONE);
  private static final byte[] PAGE =
      "<html><body><h1>502 Bad Gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);
  private final UnionPaySimulation simulation;
  private final UnionPayWords words;
  private final String merchantId;
  private final Timer timer;
  private final PaymentDesk desk;
  private final Supplier<@Nullable URI> callbackUrl;

  UnionPayProtocol(
      UnionPaySimulation simulation,
      String merchantId,
      Clock clock,
      Timer timer,
      PaymentDesk desk,
      Supplier<@Nullable URI> callbackUrl) {
    this.simulation = simulation;
    this.merchantId = merchantId;
    this.words = new UnionPayWords(simulation, clock);
    this.timer = timer;
    this.desk = desk;
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
    if (!exchange.getRequestMethod().equals("POST")) {
      if (desk.isDown()) {
        exchange.close();
      } else {
        Http.send(exchange, 405, "POST only".getBytes(StandardCharsets.UTF_8));
      }
      return;
    }
    SortedMap<String, String> request = UnionPayForm.read(body);
    String orderId = request == null ? null : request.get("orderId");
    if (request == null
        || orderId == null
        || !ORDER_ID.matcher(orderId).matches()
        || !UnionPayForm.isSigned(request, simulation.merchant().getPublicKey())) {
      // So does the real one: with code 11, and signed.
      say(exchange, request == null ? new TreeMap<>() : request, Map.of("respCode", "11"), true);
      return;
    }
    PaymentKey key = new PaymentKey(NAME, orderId);
    switch (exchange.getRequestURI().getPath()) {
      case PAYOUT -> {
        boolean known = desk.knows(key);
        answer(exchange, request, instruct(key, request, body), known);
      }
      case QUERY -> answer(exchange, request, desk.query(key), false);
      default -> Http.problem(exchange, 404, "NO_SUCH_CALL", "no such interface");
    }
  }

  /** Notifications are forms; a return has none. */
  @Override
  public @Nullable Callback callback(Report report) {
    URI to = simulation.callbackUrl() == null ? callbackUrl.get() : simulation.callbackUrl();
    if (to == null) {
      return null;
    }
    SortedMap<String, String> fields = new TreeMap<>(words.outcome(report, "respCode", "respMsg"));
    fields.put("txnType", "12");
    fields.put("orderId", report.requestNo());
    fields.put("txnTime", txnTime(report.requestNo()));
    fields.put("merId", merchant(report));
    return new Callback(
        to,
        Map.of("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"),
        UnionPayForm.encoded(words.signed(fields)));
  }

  @Override
  public boolean tells(Report report) {
    return !report.status().equals(Said.RETURNED.name());
  }

  @Override
  public boolean isReceipt(int status, byte[] body) {
    return status == 200;
  }

  private Answer instruct(PaymentKey key, SortedMap<String, String> request, byte[] body) {
    if (!simulation.merchantId().equals(request.get("merId"))) {
      return desk.refuseUnread(key, "UNKNOWN_MERCHANT", "No such merchant");
    }
    String account = request.getOrDefault("accNo", "");
    if (request.containsKey("encryptCertId")) {
      account = Optional.ofNullable(UnionPayForm.decrypt(account, simulation.key())).orElse("");
    }
    String amount = request.getOrDefault("txnAmt", "");
    boolean rightForm =
        "12".equals(request.get("txnType"))
            && "000401".equals(request.get("bizType"))
            && "156".equals(request.get("currencyCode"))
            && FEN.matcher(amount).matches()
            && CARD.matcher(account).matches()
            && txnTime(key.requestNo()).equals(request.get("txnTime"));
    if (!rightForm) {
      return desk.refuseUnread(key, "INVALID_REQUEST", "A field is missing or malformed");
    }
    return desk.instruct(
        new Instruction(
            key,
            Hash.of(new String(body, StandardCharsets.UTF_8)),
            Money.ofMinor(Long.parseLong(amount), "CNY"),
            account));
  }

  private void answer(
      HttpExchange exchange, SortedMap<String, String> request, Answer answer, boolean known)
      throws IOException {
    switch (answer) {
      case Answer.Says(Report report, Manner manner) ->
          say(exchange, request, report, manner, known);
      case Answer.SaysLate late -> {
        timer.pause(late.after());
        say(exchange, request, late.report(), Manner.AS_IT_SHOULD, known);
      }
      case Answer.Fails ignored ->
          Http.problem(exchange, 500, "INTERNAL_ERROR", "something went wrong");
      case Answer.Throttles ignored ->
          Http.problem(exchange, 429, "TOO_MANY_REQUESTS", "slow down");
      case Answer.HangsUp ignored -> exchange.close();
    }
  }

  private void say(
      HttpExchange exchange,
      SortedMap<String, String> request,
      Report report,
      Manner manner,
      boolean known)
      throws IOException {
    if (manner == Manner.HTML) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      Http.send(exchange, 200, PAGE);
      return;
    }
    Map<String, String> said;
    if (!"12".equals(request.get("txnType"))) {
      said =
          report.status().equals(Said.NOT_FOUND.name())
              ? Map.of("respCode", "34")
              : words.query(report);
    } else if (report.status().equals(Said.REFUSED.name())) {
      said = Map.of("respCode", UnionPayWords.code(report), "respMsg", report.message());
    } else {
      said =
          Map.of(
              "respCode",
              known ? "12" : "00",
              "respMsg",
              "成功[0000000]",
              "queryId",
              UnionPayWords.reference(report),
              "txnAmt",
              request.getOrDefault("txnAmt", ""));
    }
    if (manner == Manner.FORGED) {
      SortedMap<String, String> fields = fields(request, said);
      fields.replaceAll((name, value) -> name.equals("signature") ? backwards(value) : value);
      Http.send(exchange, 200, UnionPayForm.plain(fields));
      return;
    }
    say(exchange, request, said, manner != Manner.UNSIGNED);
  }

  private void say(
      HttpExchange exchange,
      SortedMap<String, String> request,
      Map<String, String> said,
      boolean signed)
      throws IOException {
    SortedMap<String, String> fields = fields(request, said);
    if (!signed) {
      fields.keySet().removeAll(List.of("signature", "signPubKeyCert"));
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain;charset=UTF-8");
    Http.send(exchange, 200, UnionPayForm.plain(fields));
  }

  private SortedMap<String, String> fields(
      SortedMap<String, String> request, Map<String, String> said) {
    SortedMap<String, String> fields = new TreeMap<>(said);
    for (String name : List.of("txnType", "orderId", "txnTime", "merId")) {
      fields.put(name, request.getOrDefault(name, ""));
    }
    return words.signed(fields);
  }

  /**
   * The time of a transaction. The record has no place for it, so the bank insists that it is the
   * one in the number, a UUID of version 7.
   */
  private static String txnTime(String orderId) {
    try {
      return TIME.format(
          Instant.ofEpochMilli(Ids.fromRequestNumber(orderId).getMostSignificantBits() >>> 16));
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private String merchant(Report report) {
    return report.merchantId().equals(merchantId)
        ? simulation.merchantId()
        : report.merchantId().replaceAll("[^A-Za-z0-9]", "");
  }

  private static String backwards(String signature) {
    byte[] bytes = Base64.getDecoder().decode(signature);
    bytes[0] ^= 1;
    return Base64.getEncoder().encodeToString(bytes);
  }
}

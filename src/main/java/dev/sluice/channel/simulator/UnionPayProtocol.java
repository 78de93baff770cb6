package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.channel.simulator.Report.Said;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
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
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMdd").withZone(ZONE);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZONE);
  private static final byte[] PAGE =
      "<html><body><h1>502 Bad Gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> CODES =
      Map.of(
          "BANK_LIMIT", "33",
          "ACCOUNT_CLOSED", "63",
          "NAME_MISMATCH", "66",
          "UNKNOWN_MERCHANT", "31",
          "INVALID_REQUEST", "10",
          "DUPLICATE_OTHER_BODY", "12");

  private final UnionPayPeer peer;
  private final String merchantId;
  private final Clock clock;
  private final Timer timer;
  private final PaymentDesk desk;
  private final BooleanSupplier down;
  private final Supplier<@Nullable URI> callbackUrl;

  UnionPayProtocol(
      UnionPayPeer peer,
      SimulatorSettings settings,
      Clock clock,
      Timer timer,
      PaymentDesk desk,
      BooleanSupplier down,
      Supplier<@Nullable URI> callbackUrl) {
    this.peer = peer;
    this.merchantId = settings.merchantId();
    this.clock = clock;
    this.timer = timer;
    this.desk = desk;
    this.down = down;
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
      if (down.getAsBoolean()) {
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
        || !UnionPayForm.isSigned(request, peer.merchant().getPublicKey())) {
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
    URI to = callbackUrl.get();
    if (to == null) {
      return null;
    }
    SortedMap<String, String> fields = new TreeMap<>(outcome(report, "respCode", "respMsg"));
    fields.put("txnType", "12");
    fields.put("orderId", report.requestNo());
    fields.put("txnTime", txnTime(report.requestNo()));
    fields.put("merId", merchant(report));
    return new Callback(
        to,
        Map.of("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"),
        UnionPayForm.encoded(signed(fields)));
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
    if (!peer.merchantId().equals(request.get("merId"))) {
      return desk.refuseUnread(key, "UNKNOWN_MERCHANT", "No such merchant");
    }
    String account = request.getOrDefault("accNo", "");
    if (request.containsKey("encryptCertId")) {
      account = Optional.ofNullable(UnionPayForm.decrypt(account, peer.key())).orElse("");
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
        new Instruction(key, hash(body), Money.ofMinor(Long.parseLong(amount), "CNY"), account));
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
          report.status().equals(Said.NOT_FOUND.name()) ? Map.of("respCode", "34") : query(report);
    } else if (report.status().equals(Said.REFUSED.name())) {
      said = Map.of("respCode", code(report), "respMsg", report.message());
    } else {
      said =
          Map.of(
              "respCode",
              known ? "12" : "00",
              "respMsg",
              "成功[0000000]",
              "queryId",
              digits(report),
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
    return signed(fields);
  }

  private Map<String, String> query(Report report) {
    SortedMap<String, String> fields =
        new TreeMap<>(outcome(report, "origRespCode", "origRespMsg"));
    fields.put("respCode", "00");
    fields.put("respMsg", "成功[0000000]");
    return fields;
  }

  /** What became of a payout, as notifications and answers to queries have it. */
  private Map<String, String> outcome(Report report, String codeField, String wordsField) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("queryId", digits(report));
    fields.put(wordsField, report.message());
    String fen = report.amount() == null ? "" : fen(report.amount());
    String currency =
        report.currency() == null
            ? ""
            : Currency.getInstance(report.currency()).getNumericCodeAsString();
    fields.put("txnAmt", fen);
    fields.put("currencyCode", currency);
    fields.put("accNo", report.account() == null ? "" : report.account());
    switch (report.status()) {
      case "PAID", "RETURNED" -> {
        fields.put(codeField, "00");
        fields.put("settleAmt", fen);
        fields.put("settleCurrencyCode", currency);
        fields.put("settleDate", DAY.format(clock.instant()));
        fields.put("traceNo", "000001");
        fields.put("traceTime", "0102030405");
      }
      case "ACCEPTED", "PROCESSING" -> fields.put(codeField, "05");
      default -> fields.put(codeField, code(report));
    }
    fields.values().removeIf(String::isEmpty);
    return fields;
  }

  private SortedMap<String, String> signed(SortedMap<String, String> fields) {
    fields.put("version", "5.1.0");
    fields.put("encoding", "UTF-8");
    fields.put("signMethod", "01");
    fields.put("txnSubType", "00");
    fields.put("bizType", "000401");
    fields.put("accessType", "0");
    fields.put("signPubKeyCert", pem());
    fields.values().removeIf(String::isEmpty);
    UnionPayForm.sign(fields, peer.key());
    return fields;
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
        ? peer.merchantId()
        : report.merchantId().replaceAll("[^A-Za-z0-9]", "");
  }

  private String pem() {
    try {
      String base64 =
          Base64.getMimeEncoder(64, new byte[] {'\r', '\n'})
              .encodeToString(peer.certificate().getEncoded());
      return "-----BEGIN CERTIFICATE-----\r\n" + base64 + "\r\n-----END CERTIFICATE-----";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the bank's certificate has no encoding", e);
    }
  }

  private static String code(Report report) {
    String code = CODES.getOrDefault(report.code(), report.code());
    return code.length() == 2 ? code : "ZZ";
  }

  private static String digits(Report report) {
    return report.bankReference() == null ? "" : report.bankReference();
  }

  private static String fen(String amount) {
    return new BigDecimal(amount).movePointRight(2).toBigInteger().toString();
  }

  private static String backwards(String signature) {
    byte[] bytes = Base64.getDecoder().decode(signature);
    bytes[0] ^= 1;
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String hash(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java", e);
    }
  }
}

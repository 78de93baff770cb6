package dev.sluice.channel.simulator;

import java.math.BigDecimal;
import java.security.cert.CertificateEncodingException;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Currency;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the bank says, in UnionPay's words. */
final class UnionPayWords {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMdd").withZone(ZONE);
  private static final Map<String, String> CODES =
      Map.of(
          "BANK_LIMIT", "33",
          "INSUFFICIENT_BANK_FUNDS", "33",
          "ACCOUNT_CLOSED", "63",
          "NAME_MISMATCH", "66",
          "UNKNOWN_MERCHANT", "31",
          "INVALID_REQUEST", "10",
          "DUPLICATE_OTHER_BODY", "12");

  private final UnionPaySimulation simulation;
  private final Clock clock;

  UnionPayWords(UnionPaySimulation simulation, Clock clock) {
    this.simulation = simulation;
    this.clock = clock;
  }

  /** What a query's answer says. */
  Map<String, String> query(Report report) {
    SortedMap<String, String> fields =
        new TreeMap<>(outcome(report, "origRespCode", "origRespMsg"));
    fields.put("respCode", "00");
    fields.put("respMsg", "成功[0000000]");
    return fields;
  }

  /** What became of a payout, as notifications and answers to queries have it. */
  Map<String, String> outcome(Report report, String codeField, String wordsField) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("queryId", reference(report));
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

  /** With the common fields and the bank's signature. */
  SortedMap<String, String> signed(SortedMap<String, String> fields) {
    fields.put("version", "5.1.0");
    fields.put("encoding", "UTF-8");
    fields.put("signMethod", "01");
    fields.put("txnSubType", "00");
    fields.put("bizType", "000401");
    fields.put("accessType", "0");
    fields.put("signPubKeyCert", pem());
    fields.values().removeIf(String::isEmpty);
    UnionPayForm.sign(fields, simulation.key());
    return fields;
  }

  private String pem() {
    try {
      String base64 =
          Base64.getMimeEncoder(64, new byte[] {'\r', '\n'})
              .encodeToString(simulation.certificate().getEncoded());
      return "-----BEGIN CERTIFICATE-----\r\n" + base64 + "\r\n-----END CERTIFICATE-----";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the bank's certificate has no encoding", e);
    }
  }

  /** The refusal as UnionPay numbers it. */
  static String code(Report report) {
    String code = CODES.getOrDefault(report.code(), report.code());
    return code.length() == 2 ? code : "ZZ";
  }

  /** The bank's reference, or nothing. */
  static String reference(Report report) {
    return report.bankReference() == null ? "" : report.bankReference();
  }

  private static String fen(String amount) {
    return new BigDecimal(amount).movePointRight(2).toBigInteger().toString();
  }
}

package dev.sluice.channel.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what the bank says into Alipay's words. */
final class AlipayWords {
  private static final Map<String, String> CODES =
      Map.of(
          "BANK_LIMIT", "EXCEED_LIMIT_DM_AMOUNT",
          "INSUFFICIENT_BANK_FUNDS", "PAYER_BALANCE_NOT_ENOUGH",
          "ACCOUNT_CLOSED", "PAYEE_ACCOUNT_STATUS_ERROR",
          "ACCOUNT_NOT_FOUND", "PAYEE_NOT_EXIST",
          "NAME_MISMATCH", "PAYEE_USERINFO_ERROR",
          "DUPLICATE_OTHER_BODY", "PAYMENT_INFO_INCONSISTENCY",
          "NOT_FOUND", "ORDER_NOT_EXIST");

  private final String appId;
  private final String merchantId;

  /**
   * Alipay's words.
   *
   * @param appId the application
   * @param merchantId the same customer's id with the bank itself
   */
  AlipayWords(String appId, String merchantId) {
    this.appId = appId;
    this.merchantId = merchantId;
  }

  /** A refusal that names no order. */
  static Map<String, String> error(String code, String subCode) {
    Map<String, String> node = new LinkedHashMap<>();
    node.put("code", code);
    node.put("msg", code.equals("40004") ? "Business Failed" : "Invalid Arguments");
    node.put("sub_code", subCode);
    node.put("sub_msg", "refused by the simulated bank");
    return node;
  }

  /** The node of a reply. Refusals are errors to a transfer, and a state to a query. */
  Map<String, String> node(Report report, boolean query) {
    String code = code(report);
    boolean hasPayment = report.bankReference() != null;
    if (report.status().equals("NOT_FOUND")
        || (report.status().equals("REFUSED") && !(query && hasPayment))) {
      return error("40004", code);
    }
    Map<String, String> node = new LinkedHashMap<>();
    node.put("code", "10000");
    node.put("msg", "Success");
    node.put("out_biz_no", report.requestNo());
    putIfSaid(node, "order_id", report.bankReference());
    node.put("status", status(report.status()));
    if (report.status().equals("REFUSED")) {
      node.put("error_code", code);
      node.put("fail_reason", report.message());
    }
    boolean paid = report.status().equals("PAID") || report.status().equals("RETURNED");
    if (paid) {
      putIfSaid(node, "pay_fund_order_id", report.bankReference());
    }
    if (paid && query) {
      putIfSaid(node, "trans_amount", report.amount());
      putPayee(node, report.account());
    }
    return node;
  }

  /** The parameters of the message that an order has changed, without time and signature. */
  Map<String, String> message(Report report) {
    Map<String, String> content = new LinkedHashMap<>();
    content.put("out_biz_no", report.requestNo());
    content.put("product_code", "TRANS_ACCOUNT_NO_PWD");
    content.put("biz_scene", "DIRECT_TRANSFER");
    content.put("origin_interface", AlipayProtocol.TRANSFER);
    putIfSaid(content, "order_id", report.bankReference());
    content.put("status", status(report.status()));
    content.put("action_type", "FINISH");
    boolean returned = report.status().equals("RETURNED");
    putIfSaid(content, "trans_amount", returned ? report.returnedAmount() : report.amount());
    if (report.status().equals("REFUSED")) {
      content.put("error_code", code(report));
      content.put("fail_reason", report.message());
    }
    Map<String, String> message = new LinkedHashMap<>();
    boolean ours = report.merchantId().equals(merchantId);
    message.put("app_id", ours ? appId : report.merchantId());
    message.put("msg_method", "alipay.fund.trans.order.changed");
    message.put("biz_content", Json.MAPPER.writeValueAsString(content));
    return message;
  }

  private static String code(Report report) {
    return CODES.getOrDefault(report.code(), report.code());
  }

  private static String status(String said) {
    return switch (said) {
      case "ACCEPTED", "PROCESSING" -> "DEALING";
      case "PAID" -> "SUCCESS";
      case "REFUSED" -> "FAIL";
      case "RETURNED" -> "REFUND";
      default -> said;
    };
  }

  /**
   * Only a user id is told back, as far as the record holds it: masked. That the order was made by
   * one is echoed, as Alipay echoes what it was given to pass back; the record tells it from the
   * number's form.
   */
  private static void putPayee(Map<String, String> node, @Nullable String account) {
    if (account != null && account.startsWith("2088")) {
      node.put("receiver_user_id", account);
      node.put("passback_params", "ALIPAY_USER_ID");
    }
  }

  private static void putIfSaid(Map<String, String> node, String field, @Nullable String value) {
    if (value != null) {
      node.put(field, value);
    }
  }
}

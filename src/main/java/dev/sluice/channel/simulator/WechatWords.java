package dev.sluice.channel.simulator;

import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Puts what the bank says into WeChat Pay's words. */
final class WechatWords {
  /** The bank's own code of a transfer that its customer withdrew. */
  static final String CANCELLED = "CANCELLED_BY_CUSTOMER";

  private static final Map<String, String> REASONS =
      Map.of(
          "BANK_LIMIT", "TRANSFER_QUOTA_EXCEED",
          "INSUFFICIENT_BANK_FUNDS", "OVERDUE_CLOSE",
          "ACCOUNT_CLOSED", "ACCOUNT_FROZEN",
          "ACCOUNT_NOT_FOUND", "ACCOUNT_NOT_EXIST",
          "NAME_MISMATCH", "NAME_NOT_CORRECT");

  private final String mchId;
  private final String appId;
  private final String merchantId;

  /**
   * WeChat Pay's words.
   *
   * @param merchantId the same customer's id with the bank itself
   */
  WechatWords(String mchId, String appId, String merchantId) {
    this.mchId = mchId;
    this.appId = appId;
    this.merchantId = merchantId;
  }

  /** An error, which names no order. */
  static Map<String, String> error(String code) {
    Map<String, String> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", "refused by the simulated bank");
    return error;
  }

  /** A reply: a query tells the whole bill, an instruction its state only. */
  Map<String, ?> reply(Report report, boolean query) {
    return switch (report.code()) {
      case "NOT_FOUND" -> error("NOT_FOUND");
      case "DUPLICATE_OTHER_BODY" -> error("ALREADY_EXISTS");
      default -> {
        Map<String, Object> bill = bill(report);
        if (!query) {
          bill.keySet()
              .retainAll(Set.of("out_bill_no", "transfer_bill_no", "state", "fail_reason"));
          if (report.status().equals("ACCEPTED")) {
            bill.put("state", "WAIT_USER_CONFIRM");
            bill.put("package_info", Hash.of("package of " + report.requestNo()));
          }
        }
        yield bill;
      }
    };
  }

  /** The whole bill, as queries and notifications tell it. */
  Map<String, Object> bill(Report report) {
    Map<String, Object> bill = new LinkedHashMap<>();
    bill.put("mch_id", report.merchantId().equals(merchantId) ? mchId : report.merchantId());
    bill.put("out_bill_no", report.requestNo());
    if (report.bankReference() != null) {
      bill.put("transfer_bill_no", report.bankReference());
    }
    bill.put("appid", appId);
    String state = state(report);
    bill.put("state", state);
    if (state.equals("FAIL")) {
      bill.put("fail_reason", REASONS.getOrDefault(report.code(), report.code()));
    }
    if (report.amount() != null) {
      bill.put(
          "transfer_amount",
          Money.of(new BigDecimal(report.amount()), Currency.getInstance("CNY")).minor());
    }
    if (report.account() != null) {
      bill.put("openid", report.account());
    }
    return bill;
  }

  private static String state(Report report) {
    return switch (report.status()) {
      case "PAID", "RETURNED" -> "SUCCESS";
      case "REFUSED" -> report.code().equals(CANCELLED) ? "CANCELLED" : "FAIL";
      default -> report.status();
    };
  }
}

package dev.sluice.channel.wechat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * WeChat Pay's codes for a transfer.
 *
 * <p>A transfer has failed only if its state says so. An error in answer to the instruction never
 * does: "if the HTTP status isn't 200, don't take another order number … ask for the order's
 * result; only when that is clearly a failure …" (documentation of the call). That holds for {@code
 * NOT_ENOUGH} too: the order may exist and wait for funds, "top up and send it again under its own
 * number". So errors leave the order unknown, and the query that follows tells.
 *
 * <p>Below: the reasons of state FAIL, from "订单失败原因说明" in the documentation.
 */
final class WechatCodes {
  static final String NOT_FOUND = "NOT_FOUND";
  static final String SYSTEM_ERROR = "SYSTEM_ERROR";
  static final String NOT_ENOUGH = "NOT_ENOUGH";

  /** Names that the documentation has used for "slow down". */
  static final List<String> SLOW_DOWN =
      List.of("FREQUENCY_LIMIT_EXCEED", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED");

  /** Our account, settings or limits, or the user's with WeChat: another channel may pay. */
  private static final List<String> OURS =
      List.of(
          "BLOCK_B2C_USERLIMITAMOUNT_BSRULE_MONTH",
          "BLOCK_B2C_USERLIMITAMOUNT_MONTH",
          "DAY_RECEIVED_COUNT_EXCEED",
          "DAY_RECEIVED_QUOTA_EXCEED",
          "EXCEEDED_ESTIMATED_AMOUNT",
          "MCH_CANCEL",
          "MERCHANT_NOT_CONFIRM",
          "MERCHANT_REJECT",
          "MONTH_RECEIVED_QUOTA_EXCEED",
          "OTHER_FAIL_REASON_TYPE",
          "OVERDUE_CLOSE",
          "PAYER_ACCOUNT_ABNORMAL",
          "PRODUCT_AUTH_CHECK_FAIL",
          "REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED",
          "RECEIVE_ACCOUNT_NOT_CONFIGURE",
          "RESERVATION_INFO_NOT_MATCH",
          "RESERVATION_SCENE_NOT_MATCH",
          "RESERVATION_STATE_INVALID",
          "TRANSFER_QUOTA_EXCEED",
          "TRANSFER_REMARK_SET_FAIL",
          "TRANSFER_RISK",
          "TRANSFER_SCENE_INVALID",
          "TRANSFER_SCENE_UNAVAILABLE");

  /** The user's account, name or card: no channel can pay this one. */
  private static final List<String> THEIRS =
      List.of(
          "ACCOUNT_FROZEN",
          "ACCOUNT_NOT_EXIST",
          "BANK_CARD_ACCOUNT_ABNORMAL",
          "BANK_CARD_BANK_INFO_WRONG",
          "BANK_CARD_CARD_INFO_WRONG",
          "BANK_CARD_COLLECTIONS_ABOVE_QUOTA",
          "BANK_CARD_PARAM_ERROR",
          "BANK_CARD_STATUS_ABNORMAL",
          "ID_CARD_NOT_CORRECT",
          "NAME_NOT_CORRECT",
          "OPENID_INVALID",
          "PAYEE_ACCOUNT_ABNORMAL",
          "REAL_NAME_CHECK_FAIL");

  private static final Map<String, Fault> REFUSALS = new HashMap<>();

  static {
    OURS.forEach(code -> REFUSALS.put(code, Fault.CHANNEL));
    THEIRS.forEach(code -> REFUSALS.put(code, Fault.BENEFICIARY));
  }

  private WechatCodes() {}

  /** At whose door a failure lies, or null if the reason isn't on the list. */
  static @Nullable Fault refusal(String reason) {
    return REFUSALS.get(reason);
  }

  /** Who would have to change for the payment to succeed. */
  enum Fault {
    CHANNEL,
    BENEFICIARY
  }
}

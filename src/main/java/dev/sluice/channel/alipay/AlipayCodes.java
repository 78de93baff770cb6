package dev.sluice.channel.alipay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Alipay's codes for a transfer, from the error codes of {@code alipay.fund.trans.uni.transfer} in
 * its open platform's documentation. Only these end an attempt; every other code, known or not,
 * leaves it unknown.
 *
 * <p>Left out on purpose, though documented: {@code SYSTEM_ERROR} ("can be taken neither for
 * success nor for failure"), {@code PAYMENT_INFO_INCONSISTENCY} and {@code BIZ_UNIQUE_EXCEPTION}
 * (something was taken under this number), {@code REQUEST_PROCESSING} and {@code
 * TRANS_ORDER_DEALING} (under way), {@code RESOURCE_LIMIT_EXCEED} (slow down), and what says too
 * little to be believed: {@code PAYMENT_FAIL}, {@code PROCESS_FAIL}, {@code BANK_RESPONSE_ERROR},
 * {@code ILLEGAL_STATUS_EXCEPTION}.
 */
final class AlipayCodes {
  static final String OK = "10000";
  static final String UNAVAILABLE = "20000";
  static final String BUSINESS_FAILED = "40004";
  static final String CALLS_LIMITED = "40005";
  static final String SYSTEM_ERROR = "SYSTEM_ERROR";
  static final String ORDER_NOT_EXIST = "ORDER_NOT_EXIST";
  static final String RESOURCE_LIMIT_EXCEED = "RESOURCE_LIMIT_EXCEED";
  static final List<String> UNDER_WAY =
      List.of("REQUEST_PROCESSING", "TRANS_ORDER_DEALING", "PROMO_TRANS_ORDER_DEALING");

  /** Our account, contract, limits or words: another channel may pay. */
  private static final List<String> OURS =
      List.of(
          "BALANCE_IS_NOT_ENOUGH",
          "BALANCE_NOT_ENOUGH",
          "BALANCE_NOT_ENOUGH_FOR_CARD_FEE",
          "BLOCK_USER_FORBBIDEN_SEND",
          "CURRENCY_NOT_SUPPORT",
          "EXCEED_LIMIT_DC_RECEIVED",
          "EXCEED_LIMIT_DM_AMOUNT",
          "EXCEED_LIMIT_DM_MAX_AMOUNT",
          "EXCEED_LIMIT_ENT_SM_AMOUNT",
          "EXCEED_LIMIT_MM_AMOUNT",
          "EXCEED_LIMIT_MM_MAX_AMOUNT",
          "EXCEED_LIMIT_PERSONAL_SM_AMOUNT",
          "EXCEED_LIMIT_SM_AMOUNT",
          "EXCEED_LIMIT_SM_MIN_AMOUNT",
          "EXCEED_LIMIT_UNRN_DM_AMOUNT",
          "INST_PAY_UNABLE",
          "INVALID_PARAMETER",
          "INVALID_PAYER_ACCOUNT",
          "JUDICIAL_FREEZE",
          "MEMO_REQUIRED_IN_TRANSFER_ERROR",
          "MONEY_PAY_CLOSED",
          "NO_ACCOUNT_PAYMENT_PERMISSION",
          "NO_AVAILABLE_PAYMENT_TOOLS",
          "NO_PERMISSION_ACCOUNT",
          "NOT_IN_WHITE_LIST",
          "PAYCARD_UNABLE_PAYMENT",
          "PAYER_BALANCE_NOT_ENOUGH",
          "PAYER_CERTIFY_CHECK_FAIL",
          "PAYER_NOT_EXIST",
          "PAYER_PERMLIMIT_CHECK_FAILURE",
          "PAYER_STATUS_ERROR",
          "PAYER_UNABLE_PAYMENT",
          "PAYER_USER_INFO_ERROR",
          "PERMIT_CHECK_PERM_IDENTITY_THEFT",
          "PERMIT_CHECK_PERM_LIMITED",
          "PERMIT_PAYER_FORBIDDEN",
          "PERMIT_PAYER_LEVEL_FORBIDDEN",
          "PRODUCT_NOT_SIGN",
          "REMARK_HAS_SENSITIVE_WORD",
          "SECURITY_CHECK_FAILED",
          "TRANSFER_SCENE_INFO_ADMIT_FAIL",
          "TRANSFER_SCENE_NAME_BLANK",
          "TRANSFER_SCENE_NAME_ILLEGAL",
          "TRANSFER_SCENE_REPORT_INFO_ILLEGAL",
          "USER_RISK_FREEZE");

  /** The beneficiary's account, card or name: no channel can pay this one. */
  private static final List<String> THEIRS =
      List.of(
          "BLOCK_USER_FORBBIDEN_RECIEVE",
          "CARD_BIN_ERROR",
          "INVALID_CARDNO",
          "NO_ACCOUNT_RECEIVE_PERMISSION",
          "NO_ACCOUNT_USER_FORBBIDEN_RECIEVE",
          "PAYEE_ACC_OCUPIED",
          "PAYEE_ACCOUNT_NOT_EXSIT",
          "PAYEE_ACCOUNT_STATUS_ERROR",
          "PAYEE_CARD_INFO_ERROR",
          "PAYEE_CERT_INFO_ERROR",
          "PAYEE_IDENTITY_NOT_MATCH",
          "PAYEE_NOT_EXIST",
          "PAYEE_NOT_RELNAME_CERTIFY",
          "PAYEE_USER_TYPE_ERROR",
          "PAYEE_USERINFO_ERROR",
          "PAYEE_USERINFO_STATUS_ERROR",
          "PERM_AML_NOT_REALNAME_REV",
          "PERMIT_CHECK_RECEIVE_LIMIT",
          "PERMIT_LIMIT_PAYEE",
          "PERMIT_NON_BANK_LIMIT_PAYEE",
          "RECEIVER_USER_RISK_FREEZE",
          "RELEASE_USER_FORBBIDEN_RECIEVE");

  private static final Map<String, Fault> REFUSALS = new HashMap<>();

  static {
    OURS.forEach(code -> REFUSALS.put(code, Fault.CHANNEL));
    THEIRS.forEach(code -> REFUSALS.put(code, Fault.BENEFICIARY));
  }

  private AlipayCodes() {}

  /** At whose door a final refusal lies, or null if the code isn't one. */
  static @Nullable Fault refusal(String code) {
    return REFUSALS.get(code);
  }

  /** Who would have to change for the payment to succeed. */
  enum Fault {
    CHANNEL,
    BENEFICIARY
  }
}

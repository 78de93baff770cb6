package dev.sluice.channel.bank;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bank's codes of final refusal. A message with status REFUSED and one of these codes says that
 * nothing was paid under this request number and never will be; every other code, listed nowhere or
 * only below, leaves the outcome unknown.
 *
 * <table>
 * <caption>Codes</caption>
 * <tr><th>Code</th><th>Meaning</th><th>Another channel?</th></tr>
 * <tr><td>BANK_LIMIT</td><td>over a limit of ours with this bank</td><td>may pay</td></tr>
 * <tr><td>INSUFFICIENT_BANK_FUNDS</td><td>our account there is too low</td><td>may pay</td></tr>
 * <tr><td>CURRENCY_NOT_SUPPORTED</td><td>not paid out by this bank</td><td>may pay</td></tr>
 * <tr><td>AMOUNT_OUT_OF_RANGE</td><td>too little or too much for it</td><td>may pay</td></tr>
 * <tr><td>UNKNOWN_MERCHANT</td><td>our merchant id is wrong or closed</td><td>may pay</td></tr>
 * <tr><td>INVALID_REQUEST</td><td>a field is missing or malformed</td><td>may pay</td></tr>
 * <tr><td>ACCOUNT_NOT_FOUND</td><td>no such beneficiary account</td><td>no</td></tr>
 * <tr><td>ACCOUNT_CLOSED</td><td>the beneficiary's account is closed</td><td>no</td></tr>
 * <tr><td>ACCOUNT_FROZEN</td><td>it can't receive money</td><td>no</td></tr>
 * <tr><td>NAME_MISMATCH</td><td>the holder's name is another</td><td>no</td></tr>
 * </table>
 *
 * <p>Left out on purpose: {@code DUPLICATE_OTHER_BODY} says that something else was taken, and
 * perhaps paid, under this request number; {@code NOT_FOUND} may still become a payment until the
 * acceptance window has passed.
 */
final class BankCodes {
  /** The code of everything that isn't a refusal. */
  static final String OK = "OK";

  static final String NOT_FOUND = "NOT_FOUND";

  private static final Map<String, Fault> REFUSALS =
      Map.of(
          "BANK_LIMIT", Fault.BANK,
          "INSUFFICIENT_BANK_FUNDS", Fault.BANK,
          "CURRENCY_NOT_SUPPORTED", Fault.BANK,
          "AMOUNT_OUT_OF_RANGE", Fault.BANK,
          "UNKNOWN_MERCHANT", Fault.BANK,
          "INVALID_REQUEST", Fault.BANK,
          "ACCOUNT_NOT_FOUND", Fault.BENEFICIARY,
          "ACCOUNT_CLOSED", Fault.BENEFICIARY,
          "ACCOUNT_FROZEN", Fault.BENEFICIARY,
          "NAME_MISMATCH", Fault.BENEFICIARY);

  private BankCodes() {}

  /** At whose door a final refusal lies, or null if the code isn't one. */
  static @Nullable Fault refusal(String code) {
    return REFUSALS.get(code);
  }

  /** Who would have to change for the payment to succeed. */
  enum Fault {
    BANK,
    BENEFICIARY
  }
}

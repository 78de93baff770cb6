package dev.sluice.channel.unionpay;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UnionPay's answer codes for payouts (平台接入接口规范 第5部分 附录, and the rules for 代付 in the provider's
 * samples). What is in none of the three tables leaves the outcome unknown.
 *
 * <p>For a payout {@code 01}, {@code 12}, {@code 34} and {@code 60} are no refusals, though they
 * read like ones: the provider demands a query, and the settlement file decides in the end. {@code
 * A6}, a success with a flaw between the banks, counts as success and is settled.
 */
final class UnionPayCodes {
  static final String OK = "00";

  /** In a query's own answer: no such transaction. */
  static final String NO_SUCH_TRANSACTION = "34";

  /** It was paid. */
  static final Set<String> PAID = Set.of(OK, "A6");

  /** It may have been paid, or may yet be: query. */
  static final Set<String> UNDECIDED =
      Set.of("01", "02", "03", "04", "05", "06", "12", NO_SUCH_TRANSACTION, "60");

  private static final Map<String, Fault> REFUSALS =
      Map.ofEntries(
          Map.entry("10", Fault.CHANNEL), // malformed message
          Map.entry("11", Fault.CHANNEL), // our signature wasn't accepted
          Map.entry("13", Fault.CHANNEL), // a field is missing
          Map.entry("30", Fault.CHANNEL), // not passed by the issuer; another route may
          Map.entry("31", Fault.CHANNEL), // merchant's status
          Map.entry("32", Fault.CHANNEL), // merchant may not do this
          Map.entry("33", Fault.CHANNEL), // over an amount limit
          Map.entry("38", Fault.CHANNEL), // stopped by risk control
          Map.entry("39", Fault.CHANNEL), // outside the hours of service
          Map.entry("62", Fault.CHANNEL), // issuer doesn't serve this merchant
          Map.entry("68", Fault.CHANNEL), // card not supported for this business
          Map.entry("78", Fault.CHANNEL), // issuer's permissions
          Map.entry("61", Fault.BENEFICIARY), // no such card number
          Map.entry("63", Fault.BENEFICIARY), // card's status: lost, closed, frozen
          Map.entry("66", Fault.BENEFICIARY), // holder's name or identity differs
          Map.entry("73", Fault.BENEFICIARY)); // card has expired

  private UnionPayCodes() {}

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

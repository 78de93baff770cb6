package dev.sluice.channel.bankfile;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transaction statuses and reasons (ISO 20022 external code sets, ExternalPaymentTransactionStatus1
 * and ExternalStatusReason1). A rejection is a refusal only with a reason on this list.
 *
 * <p>Left out on purpose: {@code AM05}, {@code DUPL} and {@code DU01} to {@code DU05} say that the
 * bank has seen this payment before, and may have paid that one.
 */
final class BankFileCodes {
  static final Set<String> PAID = Set.of("ACSC", "ACCC");
  static final Set<String> UNDER_WAY = Set.of("RCVD", "PDNG", "ACTC", "ACCP", "ACSP");
  static final String REJECTED = "RJCT";

  private static final Map<String, Fault> REASONS =
      Map.ofEntries(
          Map.entry("AC01", Fault.BENEFICIARY), // account number incorrect
          Map.entry("AC03", Fault.BENEFICIARY), // creditor account number invalid
          Map.entry("AC04", Fault.BENEFICIARY), // account closed
          Map.entry("AC06", Fault.BENEFICIARY), // account blocked
          Map.entry("AC07", Fault.BENEFICIARY), // creditor account closed
          Map.entry("BE01", Fault.BENEFICIARY), // name doesn't fit the account
          Map.entry("BE06", Fault.BENEFICIARY), // end customer unknown
          Map.entry("MD07", Fault.BENEFICIARY), // end customer deceased
          Map.entry("AB01", Fault.CHANNEL), // clearing aborted: timeout
          Map.entry("AB02", Fault.CHANNEL), // clearing aborted
          Map.entry("AB03", Fault.CHANNEL), // settlement aborted: timeout
          Map.entry("AB04", Fault.CHANNEL), // settlement aborted
          Map.entry("AB05", Fault.CHANNEL), // creditor agent timed out
          Map.entry("AB06", Fault.CHANNEL), // instructed agent timed out
          Map.entry("AB07", Fault.CHANNEL), // agent offline
          Map.entry("AB08", Fault.CHANNEL), // creditor agent offline
          Map.entry("AB09", Fault.CHANNEL), // creditor agent's error
          Map.entry("AB10", Fault.CHANNEL), // instructed agent's error
          Map.entry("AC02", Fault.CHANNEL), // our account number is wrong
          Map.entry("AG01", Fault.CHANNEL), // transaction forbidden on this account
          Map.entry("AG02", Fault.CHANNEL), // operation code
          Map.entry("AM01", Fault.CHANNEL), // amount zero
          Map.entry("AM02", Fault.CHANNEL), // amount not allowed
          Map.entry("AM03", Fault.CHANNEL), // currency not allowed
          Map.entry("AM04", Fault.CHANNEL), // our funds are too low
          Map.entry("AM14", Fault.CHANNEL), // over the agreed limit
          Map.entry("DT01", Fault.CHANNEL), // date
          Map.entry("FF01", Fault.CHANNEL), // file format
          Map.entry("RC01", Fault.CHANNEL), // bank identifier
          Map.entry("TM01", Fault.CHANNEL)); // after the cut-off time

  private BankFileCodes() {}

  /** At whose door a rejection lies, or null if its reason isn't listed. */
  static @Nullable Fault reason(String code) {
    return REASONS.get(code);
  }

  /** Who would have to change for the payment to succeed. */
  enum Fault {
    CHANNEL,
    BENEFICIARY
  }
}

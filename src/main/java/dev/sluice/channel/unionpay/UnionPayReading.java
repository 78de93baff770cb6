package dev.sluice.channel.unionpay;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.util.Currency;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a verified message tells of a payout. */
final class UnionPayReading {
  private static final Pattern CODE = Pattern.compile("[0-9A-Za-z]{2}");
  private static final Pattern FEN = Pattern.compile("[0-9]{1,12}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{12,19}");
  private static final Pattern MASKED = Pattern.compile("[0-9]{0,18}\\*+[0-9]{0,18}");
  private static final Pattern SHOWN_ENOUGH =
      Pattern.compile("([0-9]{6})[0-9]*\\*+[0-9]*([0-9]{4})");
  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{11,}");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");
  private static final Pattern REFERENCE = Pattern.compile("[0-9A-Za-z]{1,64}");
  private static final int MAX_DETAIL_CHARS = 200;

  private final @Nullable AccountCipher cipher;

  UnionPayReading(@Nullable AccountCipher cipher) {
    this.cipher = cipher;
  }

  /** The answer to an instruction: at best, that it was taken. */
  Outcome ofInstruction(UnionPayMessage reply) {
    String code = code(reply, "respCode");
    return code.equals(UnionPayCodes.OK)
        ? new Outcome.Accepted(reference(reply))
        : undecidedOrRefused(code, reply.get("respMsg"));
  }

  /**
   * The answer to a query. Its own code says whether the query worked; only {@code origRespCode}
   * speaks of the payout.
   */
  Outcome ofQuery(UnionPayMessage reply) {
    String code = code(reply, "respCode");
    if (code.equals(UnionPayCodes.NO_SUCH_TRANSACTION)) {
      return new Unknown(Why.NOT_FOUND, "NOT_FOUND");
    }
    if (!code.equals(UnionPayCodes.OK)) {
      return new Unknown(Why.CHANNEL_ERROR, "QUERY_" + code);
    }
    String original = code(reply, "origRespCode");
    if (UnionPayCodes.PAID.contains(original)) {
      return paid(reply);
    }
    return original.equals("05")
        ? new Outcome.Accepted(reference(reply))
        : undecidedOrRefused(original, reply.get("origRespMsg"));
  }

  /** A notification: it speaks of the payout itself. */
  Outcome ofNotification(UnionPayMessage notification) {
    String code = code(notification, "respCode");
    return UnionPayCodes.PAID.contains(code)
        ? paid(notification)
        : undecidedOrRefused(code, notification.get("respMsg"));
  }

  /** The code, or a stand-in for one that is missing or not fit to be shown. */
  static String code(UnionPayMessage message, String field) {
    String code = message.get(field);
    return code != null && CODE.matcher(code).matches() ? code : "ILLEGIBLE";
  }

  private static Outcome undecidedOrRefused(String code, @Nullable String words) {
    if (UnionPayCodes.UNDECIDED.contains(code)) {
      return new Unknown(Why.CHANNEL_ERROR, code);
    }
    UnionPayCodes.Fault fault = UnionPayCodes.refusal(code);
    return fault == null
        ? new Unknown(Why.UNLISTED_CODE, code)
        : new Outcome.Refused(code, detail(words), fault == UnionPayCodes.Fault.BENEFICIARY);
  }

  /**
   * Settlement's fields must be there. The answer to an instruction has code 00 as well, under the
   * same signature, and means only that it was taken: sent to our callback address, it must not
   * pass for a payment.
   */
  private Outcome paid(UnionPayMessage message) {
    Money told = money(message, "txnAmt", "currencyCode");
    Money settled = money(message, "settleAmt", "settleCurrencyCode");
    String reference = reference(message);
    if (told == null || settled == null || reference == null || message.get("settleDate") == null) {
      return new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS");
    }
    String account = message.get("accNo");
    if (account == null) {
      return new Outcome.Paid(settled, null, reference);
    }
    String clear =
        DIGITS.matcher(account).matches() || MASKED.matcher(account).matches() || cipher == null
            ? account
            : cipher.decrypt(account);
    if (clear == null || !(DIGITS.matcher(clear).matches() || MASKED.matcher(clear).matches())) {
      return new Unknown(Why.UNREADABLE, "ILLEGIBLE_ACCOUNT");
    }
    return new Outcome.Paid(settled, masked(clear), reference);
  }

  /** As we mask it, or null if too little is shown to compare. */
  private static @Nullable String masked(String account) {
    if (DIGITS.matcher(account).matches()) {
      return Masking.mask(account);
    }
    var shown = SHOWN_ENOUGH.matcher(account);
    return shown.matches() ? shown.group(1) + "******" + shown.group(2) : null;
  }

  private static @Nullable Money money(
      UnionPayMessage message, String amountField, String currencyField) {
    String amount = message.get(amountField);
    String currency = message.get(currencyField);
    if (amount == null || currency == null || !FEN.matcher(amount).matches()) {
      return null;
    }
    Optional<Currency> found =
        Currency.getAvailableCurrencies().stream()
            .filter(c -> c.getNumericCodeAsString().equals(currency))
            .filter(c -> c.getDefaultFractionDigits() >= 0)
            .findFirst();
    return found.map(c -> new Money(Long.parseLong(amount), c)).orElse(null);
  }

  private static @Nullable String reference(UnionPayMessage message) {
    String reference = message.get("queryId");
    return reference != null && REFERENCE.matcher(reference).matches() ? reference : null;
  }

  /** The provider's words, without control characters and with any long number masked. */
  private static String detail(@Nullable String words) {
    String printable = NOT_PRINTABLE.matcher(words == null ? "" : words).replaceAll(" ");
    String masked =
        LONG_NUMBER.matcher(printable).replaceAll(number -> Masking.mask(number.group()));
    return masked.length() <= MAX_DETAIL_CHARS ? masked : masked.substring(0, MAX_DETAIL_CHARS);
  }
}

package dev.sluice.reconcile.format;

import dev.sluice.money.Money;
import java.util.Currency;

/** Reads amounts exactly, without floating point and without a {@code BigDecimal} per line. */
final class Amounts {
  private Amounts() {}

  /**
   * A signed decimal such as {@code -1234.50} in minor units.
   *
   * @param decimalMark what stands before the decimals
   * @param digits how many decimals the currency has
   * @throws NumberFormatException if it isn't one, has more decimals than that (zeros aside), or is
   *     out of range; the message doesn't quote it
   */
  static long minor(String text, char decimalMark, int digits) {
    int i = 0;
    boolean negative = !text.isEmpty() && text.charAt(0) == '-';
    if (negative || (!text.isEmpty() && text.charAt(0) == '+')) {
      i++;
    }
    long value = 0;
    int seen = 0;
    int decimals = -1;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        seen++;
        if (decimals < 0 || ++decimals <= digits) {
          value = value * 10 + (c - '0');
        } else if (c != '0') {
          throw new NumberFormatException("has too many decimals");
        }
        if (value > Money.MAX_MINOR) {
          throw new NumberFormatException("is out of range");
        }
      } else if (c == decimalMark && decimals < 0) {
        decimals = 0;
      } else {
        throw new NumberFormatException("is not a number");
      }
    }
    if (seen == 0) {
      throw new NumberFormatException("is not a number");
    }
    for (int missing = Math.max(decimals, 0); missing < digits; missing++) {
      value *= 10;
    }
    if (value > Money.MAX_MINOR) {
      throw new NumberFormatException("is out of range");
    }
    return negative ? -value : value;
  }

  /**
   * How many decimals a currency has.
   *
   * @throws NumberFormatException if there's no such currency
   */
  static int digits(String currency) {
    try {
      int digits = Currency.getInstance(currency).getDefaultFractionDigits();
      if (digits >= 0) {
        return digits;
      }
    } catch (IllegalArgumentException e) {
      // said below, in words
    }
    throw new NumberFormatException("is not an ISO 4217 currency");
  }
}

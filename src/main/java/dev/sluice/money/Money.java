package dev.sluice.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/**
 * An exact, positive or zero amount in minor units of an ISO 4217 currency.
 *
 * @param minor the amount in the currency's smallest unit (500.00 CNY is 50000, 500 JPY is 500)
 * @param currency ISO 4217 currency with 0 to 4 decimals
 */
public record Money(long minor, Currency currency) {

  /** The largest amount accepted from outside: 10^15 minor units, far from overflowing a long. */
  public static final long MAX_MINOR = 1_000_000_000_000_000L;

  public Money {
    if (minor < 0) {
      throw new IllegalArgumentException("an amount is never negative: " + minor);
    }
  }

  /**
   * Reads a decimal exactly.
   *
   * @throws IllegalArgumentException if it is not positive, has more decimals than the currency, or
   *     exceeds {@link #MAX_MINOR}; the message is meant for the caller
   */
  public static Money of(BigDecimal value, Currency currency) {
    int digits = currency.getDefaultFractionDigits();
    if (digits < 0) {
      throw new IllegalArgumentException("currency " + currency + " has no minor unit");
    }
    if (value.signum() <= 0) {
      throw new IllegalArgumentException("must be greater than zero");
    }
    // Bounds first: 1e999999999 must not be expanded to be refused.
    if ((long) value.precision() - value.scale() > 16 || value.scale() > 64) {
      throw new IllegalArgumentException("is out of range");
    }
    BigDecimal plain = value.stripTrailingZeros();
    if (plain.scale() > digits) {
      throw new IllegalArgumentException(
          "has too many decimals: %s has %d".formatted(currency, digits));
    }
    BigDecimal minor = plain.movePointRight(digits);
    if (minor.compareTo(BigDecimal.valueOf(MAX_MINOR)) > 0) {
      throw new IllegalArgumentException("is out of range");
    }
    return new Money(minor.longValueExact(), currency);
  }

  /** An amount of minor units in the currency of the given code. */
  public static Money ofMinor(long minor, String currency) {
    return new Money(minor, Currency.getInstance(currency));
  }

  /** Nothing, in the given currency. */
  public static Money zero(Currency currency) {
    return new Money(0, currency);
  }

  /** The sum; both must be of one currency. */
  public Money plus(Money other) {
    return new Money(Math.addExact(minor, same(other).minor), currency);
  }

  /** The difference; both must be of one currency and the result not negative. */
  public Money minus(Money other) {
    return new Money(Math.subtractExact(minor, same(other).minor), currency);
  }

  /** The decimal number, always with all of the currency's decimals: "500.00". */
  public String decimal() {
    return toBigDecimal().toPlainString();
  }

  /** The exact decimal value. */
  public BigDecimal toBigDecimal() {
    return BigDecimal.valueOf(minor)
        .movePointLeft(currency.getDefaultFractionDigits())
        .setScale(currency.getDefaultFractionDigits(), RoundingMode.UNNECESSARY);
  }

  @Override
  public String toString() {
    return decimal() + " " + currency;
  }

  private Money same(Money other) {
    if (!other.currency.equals(currency)) {
      throw new IllegalArgumentException(currency + " and " + other.currency + " don't mix");
    }
    return other;
  }
}

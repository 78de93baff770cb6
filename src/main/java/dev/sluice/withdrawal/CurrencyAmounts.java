package dev.sluice.withdrawal;

import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An amount per currency, as a person writes it in a setting: {@code 50000} for every currency, or
 * {@code CNY:50000, JPY:1000000, *:8000}.
 */
final class CurrencyAmounts {
  private static final String EVERY = "*";

  private final Map<String, BigDecimal> amounts;

  private CurrencyAmounts(Map<String, BigDecimal> amounts) {
    this.amounts = amounts;
  }

  /**
   * Reads a setting.
   *
   * @param setting its name, for the message
   * @throws IllegalArgumentException if the text can't be read
   */
  static CurrencyAmounts parse(String setting, @Nullable String text) {
    Map<String, BigDecimal> amounts = new HashMap<>();
    if (text != null && !text.isBlank()) {
      for (String part : text.split(",", -1)) {
        String[] sides = part.strip().split(":", -1);
        try {
          String currency = sides.length == 1 ? EVERY : sides[0].strip();
          if (!currency.equals(EVERY)) {
            Currency.getInstance(currency);
          }
          amounts.put(currency, new BigDecimal(sides[sides.length - 1].strip()));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "%s: can't read '%s'; write 50000, or CNY:50000, JPY:1000000"
                  .formatted(setting, part.strip()),
              e);
        }
      }
    }
    return new CurrencyAmounts(Map.copyOf(amounts));
  }

  /** The amount that holds for a currency, or null. */
  @Nullable BigDecimal forCurrency(Currency currency) {
    BigDecimal own = amounts.get(currency.getCurrencyCode());
    return own != null ? own : amounts.get(EVERY);
  }

  /** The amount for a currency as money, zero if there is none. */
  Money moneyOrZero(Currency currency) {
    BigDecimal amount = forCurrency(currency);
    return amount == null || amount.signum() == 0
        ? Money.zero(currency)
        : Money.of(amount, currency);
  }
}

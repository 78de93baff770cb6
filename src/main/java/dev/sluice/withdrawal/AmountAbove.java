package dev.sluice.withdrawal;

import java.math.BigDecimal;
import java.util.Optional;

/** The first risk check: an amount above a limit goes to a person. */
final class AmountAbove implements RiskCheck {
  private final CurrencyAmounts limits;

  AmountAbove(CurrencyAmounts limits) {
    this.limits = limits;
  }

  @Override
  public Optional<String> reviewReason(Subject subject) {
    BigDecimal limit = limits.forCurrency(subject.amount().currency());
    return limit != null && subject.amount().toBigDecimal().compareTo(limit) > 0
        ? Optional.of("AMOUNT_ABOVE_LIMIT")
        : Optional.empty();
  }
}

package dev.sluice.channel.simulator;

import dev.sluice.money.Money;
import java.util.Currency;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the bank's customer has with it: as much as anybody needs, less what was paid; or what
 * somebody said, less what was paid since. A bank that was told takes no order beyond it.
 */
final class Funds {
  /** Ten thousand million of anything with cents. */
  private static final long PLENTY = 1_000_000_000_000L;

  private final PaymentBook book;
  private final Map<String, Long> told = new ConcurrentHashMap<>();

  Funds(PaymentBook book) {
    this.book = book;
  }

  /** From now on there is so much. */
  void set(Money amount) {
    told.put(amount.currency().getCurrencyCode(), amount.minor() + spent(amount.currency()));
  }

  /** Nobody said anything. */
  void forget() {
    told.clear();
  }

  /** What is left. */
  Money left(Currency currency) {
    long start = told.getOrDefault(currency.getCurrencyCode(), PLENTY);
    return new Money(Math.max(0, start - spent(currency)), currency);
  }

  /** Whether an order is beyond what somebody said there is. */
  boolean isShortFor(Money amount) {
    return told.containsKey(amount.currency().getCurrencyCode())
        && left(amount.currency()).minor() < amount.minor();
  }

  private long spent(Currency currency) {
    return book.spent(currency).sum();
  }
}

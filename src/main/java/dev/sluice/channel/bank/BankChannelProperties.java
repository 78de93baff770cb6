package dev.sluice.channel.bank;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.money.Money;
import java.net.URI;
import java.time.Duration;
import java.util.Currency;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the bank channel. Without {@code url} there is no such channel.
 *
 * @param url base address of the bank's service, http or https
 * @param merchantId who we are to the bank
 * @param requestSecret HMAC-SHA256 key of our requests, at least 16 bytes
 * @param replySecret HMAC-SHA256 key of the bank's replies and callbacks, at least 16 bytes
 * @param currencies ISO 4217 codes that it pays in; empty means every one that has a minor unit
 * @param concurrentCalls calls under way at once from this instance
 * @param callTimeout longest time of one call, connecting included
 * @param acceptanceWindow how long after sending "not found" may still become a payment
 * @param queryWindow how long after sending a query still tells the truth
 * @param clockSkew how far a message's timestamp may be from our clock, either way
 */
@ConfigurationProperties("sluice.channels.bank")
public record BankChannelProperties(
    URI url,
    String merchantId,
    String requestSecret,
    String replySecret,
    @DefaultValue Set<String> currencies,
    @DefaultValue("64") int concurrentCalls,
    @DefaultValue("5s") Duration callTimeout,
    @DefaultValue("60s") Duration acceptanceWindow,
    @DefaultValue("7d") Duration queryWindow,
    @DefaultValue("5m") Duration clockSkew) {

  @Override
  public String toString() {
    return "BankChannelProperties[%s, %s]".formatted(url, merchantId);
  }

  BankSettings settings() {
    require(merchantId, "merchant-id");
    require(requestSecret, "request-secret");
    require(replySecret, "reply-secret");
    ChannelLimits limits =
        new ChannelLimits(
            currencies.isEmpty() ? allCurrencies() : currencies,
            Set.of("CARD", "IBAN"),
            1,
            Money.MAX_MINOR,
            concurrentCalls,
            callTimeout,
            acceptanceWindow,
            queryWindow,
            true);
    return new BankSettings(
        BankSettings.DEFAULT_NAME, url, merchantId, requestSecret, replySecret, limits, clockSkew);
  }

  private static Set<String> allCurrencies() {
    return Currency.getAvailableCurrencies().stream()
        .filter(currency -> currency.getDefaultFractionDigits() >= 0)
        .map(Currency::getCurrencyCode)
        .collect(Collectors.toSet());
  }

  /** A missing property binds to null, whatever the type says. */
  private static void require(String value, String property) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "sluice.channels.bank.url is set, so sluice.channels.bank." + property + " is needed");
    }
  }
}

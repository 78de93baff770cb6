package dev.sluice.channel;

import java.time.Duration;
import java.util.Set;

/**
 * What a channel takes, and its times.
 *
 * @param currencies ISO 4217 codes
 * @param beneficiaryKinds of {@code CARD, IBAN, ALIPAY, WECHAT}
 * @param minMinor smallest amount, in minor units
 * @param maxMinor largest amount, in minor units
 * @param concurrentCalls how many calls may be under way at once from one instance
 * @param callTimeout the longest that one call can take, connecting included
 * @param acceptanceWindow how long after sending "no such order" may still become a payment
 * @param queryWindow how long after sending a query still tells the truth; then a person decides
 * @param dedupes true if the channel pays one request number at most once, so that the same stored
 *     request may be sent again
 */
public record ChannelLimits(
    Set<String> currencies,
    Set<String> beneficiaryKinds,
    long minMinor,
    long maxMinor,
    int concurrentCalls,
    Duration callTimeout,
    Duration acceptanceWindow,
    Duration queryWindow,
    boolean dedupes) {

  public ChannelLimits {
    currencies = Set.copyOf(currencies);
    beneficiaryKinds = Set.copyOf(beneficiaryKinds);
  }
}

package dev.sluice.channel.bank;

import dev.sluice.channel.ChannelLimits;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/** Settings for tests. */
final class BankTestSettings {
  private BankTestSettings() {}

  static BankSettings of(
      URI url, String merchant, String requestSecret, String replySecret, Duration callTimeout) {
    return new BankSettings(
        BankSettings.DEFAULT_NAME,
        url,
        merchant,
        requestSecret,
        replySecret,
        new ChannelLimits(
            Set.of("CNY"),
            Set.of("CARD", "IBAN"),
            1,
            1_000_000_000,
            64,
            callTimeout,
            Duration.ofSeconds(60),
            Duration.ofDays(7),
            true),
        BankSettings.DEFAULT_CLOCK_SKEW);
  }
}

package dev.sluice;

import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What all packages share: time, ids, the vault. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VaultSettings.class)
class CoreConfiguration {
  /** PostgreSQL keeps microseconds: a time reads back as it was written. */
  private static final Duration TICK = Duration.ofNanos(1000);

  @Bean
  Clock clock() {
    return Clock.tick(Clock.systemUTC(), TICK);
  }

  @Bean
  Ids ids(Clock clock) {
    return new Ids(clock, new SharedRandom());
  }

  @Bean
  Vault vault(VaultSettings settings) {
    byte[] fingerprintKey = decode(settings.fingerprintKey());
    try {
      return new Vault(settings.keyset(), fingerprintKey);
    } catch (IllegalArgumentException e) {
      throw unusable("sluice.vault can't be used: " + e.getMessage());
    }
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      // The decoder's own message would quote a character of the key.
      throw unusable("sluice.vault.fingerprint-key is not Base64");
    }
  }

  private static SettingsException unusable(String message) {
    return new SettingsException(
        message, "Make fresh keys with \"java -jar sluice.jar " + FreshKeys.ARGUMENT + "\".");
  }
}

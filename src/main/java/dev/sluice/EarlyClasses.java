package dev.sluice;

import dev.sluice.vault.Vault;
import java.util.Locale;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/**
 * Makes on another core, while the service reads its settings, what is needed once in any case and
 * takes long: the list of the JDK's locales, for which Spring's messages ask, and the ciphers'
 * registry. Whatever fails here fails again where it is needed, and is told there.
 */
final class EarlyClasses implements BackgroundPreinitializer {

  @Override
  public void preinitialize() {
    Locale.getAvailableLocales();
    Vault.newKeyset();
  }
}

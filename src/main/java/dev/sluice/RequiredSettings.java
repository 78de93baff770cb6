package dev.sluice;

import dev.sluice.embedded.EmbeddedDefault;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Refuses to start on a database of its owner without its owner's keys, and names all that is
 * missing at once. On the embedded default there are development keys.
 */
final class RequiredSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String REMEDY =
      """
      Make fresh keys with "java -jar sluice.jar %s", or \
      "mvn spring-boot:run -Dspring-boot.run.arguments=%s", and keep them: what is sealed \
      with them opens with them alone.
      Each setting can be an environment variable, or a file of the setting's name (for \
      example sluice.vault.keyset) in the directory that SLUICE_SECRETS_DIR names.\
      """
          .formatted(FreshKeys.ARGUMENT, FreshKeys.ARGUMENT);

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Environment environment = context.getEnvironment();
    if (EmbeddedDefault.isUsed(environment)) {
      return;
    }
    List<String> missing = new ArrayList<>();
    if (!StringUtils.hasText(environment.getProperty("sluice.vault.keyset"))) {
      missing.add("SLUICE_VAULT_KEYSET (encrypts card numbers)");
    }
    if (!StringUtils.hasText(environment.getProperty("sluice.vault.fingerprint-key"))) {
      missing.add("SLUICE_VAULT_FINGERPRINT_KEY (finds encrypted card numbers again)");
    }
    if (!hasTokenSettings(environment)) {
      missing.add(
          "SLUICE_JWT_HMAC_SECRET, with SLUICE_JWT_ISSUER and SLUICE_JWT_AUDIENCE (checks tokens;"
              + " or another sluice.jwt key)");
    }
    if (!missing.isEmpty()) {
      throw new SettingsException(
          "A database is set, and these settings are missing: %s%s%s"
              .formatted(
                  System.lineSeparator(),
                  "    ",
                  String.join(System.lineSeparator() + "    ", missing)),
          REMEDY);
    }
  }

  /** Which of the keys it is, and whether it fits the others, the API itself checks. */
  private static boolean hasTokenSettings(Environment environment) {
    return Binder.get(environment)
        .bind("sluice.jwt", Bindable.mapOf(String.class, Object.class))
        .map(settings -> !settings.isEmpty())
        .orElse(false);
  }
}

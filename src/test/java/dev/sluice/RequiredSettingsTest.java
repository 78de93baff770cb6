package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

class RequiredSettingsTest {
  @Test
  void namesAllThatIsMissingBesideADatabase() {
    assertThatThrownBy(() -> check(Map.of("sluice.database.url", "jdbc:postgresql://db/sluice")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("SLUICE_VAULT_KEYSET")
        .hasMessageContaining("SLUICE_VAULT_FINGERPRINT_KEY")
        .hasMessageContaining("SLUICE_JWT_HMAC_SECRET")
        .extracting(e -> ((SettingsException) e).remedy())
        .asString()
        .contains("--generate-keys")
        .contains("SLUICE_SECRETS_DIR");
  }

  @Test
  void isContentWithFreshKeys() {
    Map<String, Object> settings = new HashMap<>(freshKeys());
    settings.put("sluice.database.url", "jdbc:postgresql://db/sluice");
    assertThatCode(() -> check(settings)).doesNotThrowAnyException();
    assertThatCode(
            () ->
                new CoreConfiguration()
                    .vault(
                        new VaultSettings(
                            String.valueOf(settings.get("sluice.vault.keyset")),
                            String.valueOf(settings.get("sluice.vault.fingerprint-key")))))
        .doesNotThrowAnyException();
  }

  @Test
  void asksForNothingOnTheEmbeddedDefault() {
    assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
  }

  @Test
  void refusesKeysThatAreNoneWithoutQuotingThem() {
    CoreConfiguration core = new CoreConfiguration();
    assertThatThrownBy(() -> core.vault(new VaultSettings("{}", "s3cr3t!!!")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("sluice.vault.fingerprint-key is not Base64");
    assertThatThrownBy(() -> core.vault(new VaultSettings("{}", "c2hvcnQ=")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("at least 32 bytes");
  }

  @Test
  void refusesADatabaseUrlThatIsNotJdbc() {
    assertThatThrownBy(
            () -> new DatabaseSettings("postgres://u:hidden@db/sluice", "sluice", null, 16))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("jdbc:postgresql:")
        .hasMessageNotContaining("hidden");
  }

  private static void check(Map<String, Object> settings) {
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("settings", settings));
      new RequiredSettings().initialize(context);
    }
  }

  /** What "--generate-keys" prints, by the settings' names. */
  private static Map<String, String> freshKeys() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    FreshKeys.print(new PrintStream(printed, true, StandardCharsets.UTF_8));
    Map<String, String> keys = new HashMap<>();
    printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(
            line -> {
              String name = line.substring(0, line.indexOf('='));
              String value = line.substring(line.indexOf('=') + 2, line.length() - 1);
              keys.put(
                  switch (name) {
                    case "SLUICE_VAULT_KEYSET" -> "sluice.vault.keyset";
                    case "SLUICE_VAULT_FINGERPRINT_KEY" -> "sluice.vault.fingerprint-key";
                    default -> "sluice.jwt.hmac-secret";
                  },
                  value);
            });
    assertThat(keys).hasSize(3);
    return keys;
  }
}

package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.RoutingSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * docs/configuration.md is what the code says. With {@code -Dsluice.docs.write=true} the page is
 * written anew instead.
 */
class ConfigurationReferenceTest {
  private static final Path PAGE = Path.of("docs/configuration.md");

  @Test
  void theReferenceHoldsEverySettingAsTheCodeHasIt() throws IOException {
    String rendered = ConfigurationReference.render();
    if (Boolean.getBoolean("sluice.docs.write")) {
      Files.writeString(PAGE, rendered, StandardCharsets.UTF_8);
    }
    assertThat(PAGE)
        .as("mvn test -Dtest=ConfigurationReferenceTest -Dsluice.docs.write=true writes it anew")
        .content(StandardCharsets.UTF_8)
        .isEqualTo(rendered);
  }

  @Test
  void everyFeatureHasItsSettings() {
    assertThat(ConfigurationReference.settings()).hasSizeGreaterThanOrEqualTo(12);
  }

  @Test
  void everyEnvironmentVariableSetsItsSetting() {
    for (ConfigurationReference.Row row : ConfigurationReference.rows()) {
      if (!row.hasVariable()) {
        continue;
      }
      String variable = row.environment().replace("<NAME>", "BANK");
      String name = row.name().replace("<name>", "bank").replace("[n]", "[0]");
      assertThat(bound(variable, name, String.class)).as(variable).isEqualTo("17");
    }
  }

  @Test
  void aChannelsPreferenceCanComeFromTheEnvironment() {
    RoutingSettings routing =
        bound("SLUICE_ROUTING_CHANNELS_BANK_PRIORITY", "sluice.routing", RoutingSettings.class);
    assertThat(routing.channels())
        .hasEntrySatisfying("bank", b -> assertThat(b.priority()).isEqualTo(17));
  }

  /** What a setting is when this variable is 17 and nothing else is set. */
  private static <T> T bound(String variable, String setting, Class<T> type) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .forEach(s -> environment.getPropertySources().remove(s.getName()));
    environment
        .getPropertySources()
        .addLast(
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of(variable, "17")));
    return Binder.get(environment).bind(setting, type).get();
  }
}

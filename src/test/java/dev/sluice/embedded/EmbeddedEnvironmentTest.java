package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class EmbeddedEnvironmentTest {
  @TempDir Path data;

  @Test
  void makesKeysOnceAndKeepsThem() {
    StandardEnvironment first = environment(Map.of());
    StandardEnvironment second = environment(Map.of());
    for (String name :
        new String[] {
          "sluice.jwt.hmac-secret",
          "sluice.vault.keyset",
          "sluice.vault.fingerprint-key",
          "sluice.channels.bank.merchant-id",
          "sluice.channels.bank.request-secret",
          "sluice.channels.bank.reply-secret"
        }) {
      assertThat(first.getProperty(name)).as(name).isNotBlank();
      assertThat(second.getProperty(name)).as(name).isEqualTo(first.getProperty(name));
    }
  }

  @Test
  void keepsTheKeysForTheirOwnerAlone() throws IOException {
    environment(Map.of());
    assertThat(permissions(file())).isEqualTo("rw-------");
    assertThat(permissions(data.resolve("keys"))).isEqualTo("rwx------");
  }

  @Test
  void givesWayToWhatAPersonSets() {
    StandardEnvironment environment =
        environment(Map.of("sluice.jwt.issuer", "mine", "server.address", "0.0.0.0"));
    assertThat(environment.getProperty("sluice.jwt.issuer")).isEqualTo("mine");
    assertThat(environment.getProperty("server.address")).isEqualTo("0.0.0.0");
  }

  @Test
  void pointsTheBankChannelAtTheSimulator() {
    assertThat(environment(Map.of()).getProperty("sluice.channels.bank.url"))
        .isEqualTo("http://127.0.0.1:8090");
    assertThat(
            environment(Map.of("sluice.simulator.port", "9999"))
                .getProperty("sluice.channels.bank.url"))
        .isEqualTo("http://127.0.0.1:9999");
  }

  @Test
  void givesNothingOfThatOnceADatabaseIsSet() {
    StandardEnvironment environment =
        environment(Map.of("sluice.database.url", "jdbc:postgresql://db/sluice"));
    assertThat(environment.getPropertySources().get(EmbeddedEnvironment.NAME))
        .isInstanceOfSatisfying(
            MapPropertySource.class,
            defaults ->
                assertThat(defaults.getPropertyNames())
                    .containsExactly("logging.structured.format.console"));
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void takesABlankDatabaseUrlForNone() {
    assertThat(environment(Map.of("sluice.database.url", " ")).getProperty("sluice.vault.keyset"))
        .isNotBlank();
  }

  @Test
  void refusesToReplaceLostKeysWhileThereIsSealedData() throws IOException {
    environment(Map.of());
    Files.writeString(Files.createDirectory(data.resolve("postgres")).resolve("PG_VERSION"), "18");
    Files.delete(file());
    assertThatThrownBy(() -> environment(Map.of()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("put " + file() + " back");
  }

  private StandardEnvironment environment(Map<String, Object> settings) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("data", Map.of("sluice.embedded.data", data.toString())));
    new EmbeddedEnvironment().postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }

  private Path file() {
    return data.resolve("keys").resolve("development.properties");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

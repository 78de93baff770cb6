package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.embedded.EmbeddedDatabase;
import dev.sluice.support.TestDatabase;
import dev.sluice.vault.Vault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.util.Base64;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The whole service on a database of its owner. */
class OwnDatabaseTest {
  @TempDir static Path data;
  private static TestDatabase database;
  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    String key = Base64.getEncoder().encodeToString(new byte[32]);
    service =
        SpringApplication.run(
            SluiceApplication.class,
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--sluice.embedded.data=" + data,
            "--sluice.database.url=" + database.url(),
            "--sluice.database.user=postgres",
            "--sluice.database.password=postgres",
            "--sluice.vault.keyset=" + Vault.newKeyset(),
            "--sluice.vault.fingerprint-key=" + key,
            "--sluice.jwt.hmac-secret=" + key,
            "--sluice.jwt.issuer=https://issuer.example",
            "--sluice.jwt.audience=sluice");
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  @Test
  void leavesTheEmbeddedDefaultOut() {
    assertThat(service.getBeansOfType(EmbeddedDatabase.class)).isEmpty();
    assertThat(service.containsBean("embeddedBank")).isFalse();
    assertThat(service.containsBean("demoRunner")).isFalse();
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void handsOutNoTokens() throws Exception {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/dev/token"))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"sub\":\"U1001\",\"scope\":\"withdrawals\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).doesNotContain("access_token");
    }
  }

  @Test
  void connectsSafely() throws Exception {
    DataSource pool = service.getBean(DataSource.class);
    assertThat(pool).isInstanceOf(HikariDataSource.class);
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
    JdbcTemplate jdbc = service.getBean(JdbcTemplate.class);
    assertThat(setting(jdbc, "idle_in_transaction_session_timeout")).isEqualTo("10s");
    assertThat(setting(jdbc, "synchronous_commit")).isEqualTo("on");
    assertThat(setting(jdbc, "application_name")).isEqualTo("sluice");
    assertThat(setting(jdbc, "statement_timeout")).isEqualTo("30s");
  }

  @Test
  void asksThePoolAloneForItsHealth() {
    assertThat(service.getBean("dbHealthContributor"))
        .isInstanceOf(DataSourceHealthIndicator.class);
  }

  @Test
  void tellsTheTimeAsPostgresqlKeepsIt() {
    assertThat(service.getBean(Clock.class).instant().getNano() % 1000).isZero();
  }

  private static @Nullable String setting(JdbcTemplate jdbc, String name) {
    return jdbc.queryForObject("select current_setting(?)", String.class, name);
  }
}

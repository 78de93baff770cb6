package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.SluiceApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on the embedded default, as a person starts it. */
class EmbeddedServiceTest {
  @TempDir static Path data;
  private static ConfigurableApplicationContext service;
  private static URI base;
  private static int bankPort;
  private static List<String> cardsWhenReady = List.of();

  @BeforeAll
  static void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      bankPort = free.getLocalPort();
    }
    SpringApplication application = new SpringApplication(SluiceApplication.class);
    application.addListeners(new LooksWhenReady());
    service =
        application.run(
            "--server.port=0",
            "--sluice.simulator.port=" + bankPort,
            "--sluice.embedded.data=" + data,
            "--sluice.embedded.binaries=" + Path.of("target", "postgres-binaries"));
    base =
        URI.create("http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port"));
  }

  /** Before the demo runs, and before the readiness probe says yes. */
  private static final class LooksWhenReady
      implements ApplicationListener<ApplicationReadyEvent>, Ordered {
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
      cardsWhenReady =
          ready
              .getApplicationContext()
              .getBean(JdbcTemplate.class)
              .queryForList("select masked from beneficiary", String.class);
    }

    @Override
    public int getOrder() {
      return HIGHEST_PRECEDENCE;
    }
  }

  @Test
  void canWithdrawToTheDemosCardAsSoonAsItIsReady() {
    assertThat(cardsWhenReady).containsExactly("622208******1234");
  }

  @AfterAll
  static void stop() {
    service.close();
    assertThat(data.resolve("postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void leavesNoDatabaseBehindWhenItCanNotStart(@TempDir Path other) {
    assertThatThrownBy(
            () ->
                SpringApplication.run(
                    SluiceApplication.class,
                    "--server.port=0",
                    // Read before anything asks for the database, which starts meanwhile.
                    "--sluice.api.max-requests=many",
                    "--sluice.embedded.data=" + other,
                    "--sluice.embedded.binaries=" + Path.of("target", "postgres-binaries")))
        .hasRootCauseInstanceOf(NumberFormatException.class);
    assertThat(other.resolve("postgres/PG_VERSION")).exists();
    assertThat(other.resolve("postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void handsOutATokenThatTheApiAccepts() throws Exception {
    HttpResponse<String> response =
        token(
            """
            {"sub":"U1001","scope":"withdrawals ledger"}\
            """);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    JsonNode answer = new JsonMapper().readTree(response.body());
    assertThat(answer.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(answer.path("expires_in").asInt()).isEqualTo(3600);

    Jwt token = decoder().decode(answer.path("access_token").asString());
    assertThat(token.getSubject()).isEqualTo("U1001");
    assertThat(token.getClaimAsString("scope")).isEqualTo("withdrawals ledger");
    assertThat(token.getClaimAsString("iss")).isEqualTo("sluice-dev");
    assertThat(token.getAudience()).containsExactly("sluice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"sub\":\"U1001\"}",
        "{\"scope\":\"withdrawals\"}",
        "{\"sub\":\"\",\"scope\":\"withdrawals\"}",
        "{\"sub\":\"a b\",\"scope\":\"withdrawals\"}",
        "{\"sub\":\"U1001\",\"scope\":\"\"}",
        "{\"sub\":\"U1001\",\"scope\":\"admin\"}",
        "{\"sub\":\"U1001\",\"scope\":\"ops  ledger\"}",
        "{\"sub\":",
        "[]",
        ""
      })
  void refusesATokenRequestThatIsNotRight(String body) throws Exception {
    assertThat(token(body).statusCode()).isEqualTo(400);
  }

  @Test
  void toleratesAScopeNamedTwice() throws Exception {
    assertThat(token("{\"sub\":\"U1001\",\"scope\":\"ops ops\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void runsTheSimulatedBank() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> health =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bankPort + "/health"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(health.statusCode()).isEqualTo(200);
    }
    assertThat(data.resolve("bank/journal.jsonl")).exists();
  }

  private static HttpResponse<String> token(String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(base.resolve("/dev/token"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static NimbusJwtDecoder decoder() {
    String secret = service.getEnvironment().getRequiredProperty("sluice.jwt.hmac-secret");
    return NimbusJwtDecoder.withSecretKey(
            new javax.crypto.spec.SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"))
        .macAlgorithm(MacAlgorithm.HS256)
        .build();
  }
}

package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.SluiceApplication;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelControl;
import dev.sluice.channel.ChannelRouter;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.TestDatabase;
import dev.sluice.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service over HTTP, on a real PostgreSQL, with its owner's settings; its one channel
 * takes EUR and nothing else. All classes share it; it goes with the JVM.
 */
abstract class ApiTest {
  /** A channel that takes nothing just now. */
  static final String PAUSED = "paused";

  static final String CARD = "6222081234561234";
  static final String MASKED = "622208******1234";
  static final String ISSUER = "https://issuer.example";
  static final String AUDIENCE = "sluice-test";
  static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicLong USERS = new AtomicLong(1000);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final int port;
  final JdbcTemplate jdbc;

  /** On the service that all classes share. */
  ApiTest() {
    port = Service.PORT;
    jdbc = Service.JDBC;
  }

  /** On a service of the class's own. */
  ApiTest(ConfigurableApplicationContext service) {
    port = port(service);
    jdbc = service.getBean(JdbcTemplate.class);
  }

  private static final class Service {
    static final ConfigurableApplicationContext CONTEXT =
        start(TestDatabase.create().url(), "--sluice.risk.review-above=5000");
    static final int PORT = port(CONTEXT);
    static final JdbcTemplate JDBC = CONTEXT.getBean(JdbcTemplate.class);
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Channels {
    @Bean
    Channel standInChannel() {
      return new StandInChannel();
    }

    /** Could pay the orders that are to wait, and is paused for good. */
    @Bean
    Channel pausedChannel() {
      return new ModelChannel(PAUSED);
    }
  }

  static <T> T bean(String name, Class<T> type) {
    return Service.CONTEXT.getBean(name, type);
  }

  /** A service of its own; later arguments win. */
  static ConfigurableApplicationContext start(String databaseUrl, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--sluice.database.url=" + databaseUrl,
                "--sluice.database.user=postgres",
                "--sluice.database.password=postgres",
                "--sluice.vault.keyset=" + Vault.newKeyset(),
                "--sluice.vault.fingerprint-key=" + base64(new byte[32]),
                "--sluice.jwt.hmac-secret=" + base64(SECRET),
                "--sluice.jwt.issuer=" + ISSUER,
                "--sluice.jwt.audience=" + AUDIENCE,
                "--sluice.webhooks.allow-http=true",
                "--sluice.webhooks.allowed-ranges=127.0.0.0/8",
                "--sluice.webhooks.max-endpoints=3",
                // Tests send hundreds at once, to code that is cold.
                "--sluice.withdrawals.least-waiting=512",
                "--sluice.reconcile.directory=target/statements",
                "--sluice.reconcile.poll-pause=50ms",
                "--sluice.reconcile.sources.standin-list.channel=standin",
                "--sluice.reconcile.sources.standin-list.currency=EUR",
                "--sluice.reconcile.sources.standin-list.csv.columns.beneficiary=beneficiary",
                "--sluice.reconcile.sources.standin-list.csv.columns.booked-at=booked_at",
                "--spring.main.banner-mode=off"));
    arguments.addAll(List.of(more));
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(SluiceApplication.class, Channels.class)
            .run(lastOfEach(arguments).toArray(String[]::new));
    context
        .getBean(ChannelRouter.class)
        .control(PAUSED, ChannelControl.Mode.PAUSED, "orders wait", "test");
    return context;
  }

  /** One that is given twice would be a list of both. */
  private static Collection<String> lastOfEach(List<String> arguments) {
    Map<String, String> last = new LinkedHashMap<>();
    arguments.forEach(argument -> last.put(argument.substring(0, argument.indexOf('=')), argument));
    return last.values();
  }

  static int port(ConfigurableApplicationContext service) {
    return service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A user that no other test has. */
  static String newUser() {
    return "U" + USERS.incrementAndGet();
  }

  static JWTClaimsSet.Builder claims(String subject, String scope) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .subject(subject)
        .claim("scope", scope)
        .expirationTime(Date.from(Instant.now().plusSeconds(600)));
  }

  static String token(String subject, String scope) {
    return signed(new JWSHeader(JWSAlgorithm.HS256), claims(subject, scope).build(), SECRET);
  }

  static String signed(JWSHeader header, JWTClaimsSet claims, byte[] secret) {
    try {
      SignedJWT token = new SignedJWT(header, claims);
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What came back. */
  record Reply(HttpResponse<String> http) {
    int status() {
      return http.statusCode();
    }

    JsonNode json() {
      return JSON.readTree(http.body());
    }

    String text(String field) {
      return json().path(field).asString();
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    /** Demands this problem, whole and without leaks. */
    Reply isProblem(ProblemCode code) {
      assertThat(status()).as(http.body()).isEqualTo(code.status().value());
      assertThat(header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(text("code")).as(http.body()).isEqualTo(code.name());
      assertThat(json().path("status").asInt()).isEqualTo(code.status().value());
      assertThat(text("type")).isEqualTo("urn:sluice:error:" + code.name());
      assertThat(text("title")).isEqualTo(code.title());
      assertThat(text("detail")).isNotBlank();
      assertThat(text("instance")).startsWith("urn:sluice:request:");
      assertThat(http.body()).doesNotContain("Exception", "org.springframework", "\tat ");
      return this;
    }

    List<String> badFields() {
      return json().path("fields").values().stream().map(f -> f.path("field").asString()).toList();
    }
  }

  /** A request under way. */
  final class Call {
    private final String method;
    private final String path;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable BodyPublisher body;

    Call(String method, String path) {
      this.method = method;
      this.path = path;
    }

    Call as(String subject, String scope) {
      return bearer(token(subject, scope));
    }

    Call bearer(String token) {
      return header("Authorization", "Bearer " + token);
    }

    Call key(String key) {
      return header("Idempotency-Key", key);
    }

    Call header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Call body(String json) {
      return body(BodyPublishers.ofString(json));
    }

    Call body(BodyPublisher publisher) {
      headers.putIfAbsent("Content-Type", "application/json");
      body = publisher;
      return this;
    }

    Reply send() {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .method(method, body == null ? BodyPublishers.noBody() : body);
      headers.forEach(request::header);
      try {
        return new Reply(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  Call get(String path) {
    return new Call("GET", path);
  }

  Call post(String path) {
    return new Call("POST", path);
  }

  /** A wallet with a balance; returns its id. */
  String wallet(String user, String currency, String balance) {
    Reply opened =
        post("/v1/accounts")
            .as("ledger-service", "ledger")
            .body("{\"userId\":\"%s\",\"currency\":\"%s\"}".formatted(user, currency))
            .send();
    assertThat(opened.status()).as(opened.http.body()).isEqualTo(201);
    String id = opened.text("id");
    Reply credited =
        post("/v1/accounts/" + id + "/credits")
            .as("ledger-service", "ledger")
            .body("{\"amount\":\"%s\",\"reference\":\"%s\"}".formatted(balance, UUID.randomUUID()))
            .send();
    assertThat(credited.status()).as(credited.http.body()).isEqualTo(201);
    return id;
  }

  /** Registers the card for a user. */
  Reply register(String user) {
    return post("/v1/beneficiaries")
        .as(user, "withdrawals")
        .body(
            "{\"userId\":\"%s\",\"bankAccount\":\"%s\",\"holderName\":\"张伟\"}"
                .formatted(user, CARD))
        .send();
  }

  /** A user with 10,000.00 CNY and the registered card. */
  String userWithMoney() {
    String user = newUser();
    wallet(user, "CNY", "10000.00");
    assertThat(register(user).status()).isEqualTo(201);
    return user;
  }

  Reply withdraw(String user, String key, String amount) {
    return post("/v1/withdrawals")
        .as(user, "withdrawals")
        .key(key)
        .body(
            "{\"userId\":\"%s\",\"amount\":%s,\"bankAccount\":\"%s\"}"
                .formatted(user, amount, MASKED))
        .send();
  }

  Reply cancel(String user, String id) {
    return post("/v1/withdrawals/" + id + "/cancel").as(user, "withdrawals").send();
  }

  String available(String user) {
    return get("/v1/accounts?userId=" + user)
        .as("ledger-service", "ledger")
        .send()
        .json()
        .at("/items/0/available")
        .asString();
  }

  /** How many rows there are of whatever a request could write. */
  String rowCounts() {
    return jdbc.queryForList(
            """
            select concat_ws('/', (select count(*) from account), (select count(*) from transfer),
                   (select count(*) from credit), (select count(*) from beneficiary),
                   (select count(*) from withdrawal), (select count(*) from withdrawal_history),
                   (select count(*) from review_case), (select count(*) from webhook_endpoint))
            """,
            String.class)
        .getFirst();
  }
}

package dev.sluice.fuzz;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.SluiceApplication;
import dev.sluice.channel.BankControl;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.support.TestDatabase;
import dev.sluice.vault.Vault;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The whole service with a PostgreSQL and a simulated bank of its own, and tokens for it. */
final class Target implements AutoCloseable {
  private static final String ISSUER = "https://login.fuzz.example";
  private static final String AUDIENCE = "sluice";
  private static final String MERCHANT = "fuzz";
  private static final String REQUEST_SECRET = "request-secret-of-the-fuzzer";
  private static final String REPLY_SECRET = "reply-secret-of-the-fuzzer-00";
  private static final byte[] SECRET =
      "fuzz-secret-fuzz-secret-fuzz-secret-00".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER_SECRET =
      "another-secret-another-secret-another-0".getBytes(StandardCharsets.UTF_8);

  private static final String EVERYTHING = "withdrawals withdrawals:batch ledger ops ops:approve";

  private final TestDatabase database = TestDatabase.create();
  private final SimulatedBank bank;
  private final ConfigurableApplicationContext service;
  private final Map<String, String> tokens = new LinkedHashMap<>();

  /** Starts all of it, the bank's journal in this directory. */
  Target(Path work) {
    bank =
        new SimulatedBank(
            SimulatorSettings.local(
                work.resolve("bank.jsonl"), MERCHANT, REQUEST_SECRET, REPLY_SECRET),
            Clock.systemUTC());
    bank.start();
    String key = Base64.getEncoder().encodeToString(SECRET);
    service =
        SpringApplication.run(
            SluiceApplication.class,
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.main.banner-mode=off",
            "--sluice.database.url=" + database.url(),
            "--sluice.database.user=postgres",
            "--sluice.database.password=postgres",
            "--sluice.vault.keyset=" + Vault.newKeyset(),
            "--sluice.vault.fingerprint-key=" + key,
            "--sluice.jwt.hmac-secret=" + key,
            "--sluice.jwt.issuer=" + ISSUER,
            "--sluice.jwt.audience=" + AUDIENCE,
            "--sluice.risk.review-above=5000",
            "--sluice.webhooks.allow-http=true",
            "--sluice.webhooks.allowed-ranges=127.0.0.0/8",
            "--sluice.reconcile.directory=" + work.resolve("statements"),
            "--sluice.reconcile.poll-pause=1s",
            "--sluice.reconcile.sources.csv.format=CSV",
            "--sluice.reconcile.sources.csv.channel=bank",
            "--sluice.reconcile.sources.alipay.format=ALIPAY",
            "--sluice.reconcile.sources.wechat.format=WECHAT",
            "--sluice.reconcile.sources.unionpay.format=UNIONPAY",
            "--sluice.reconcile.sources.camt053.format=CAMT053",
            "--sluice.reconcile.sources.mt940.format=MT940",
            // So that at the end whatever is asked about is asked within the time that it gets.
            "--sluice.payouts.query-pauses=1s,2s,5s",
            "--sluice.channels.bank.url=" + bank.url(),
            "--sluice.channels.bank.merchant-id=" + MERCHANT,
            "--sluice.channels.bank.request-secret=" + REQUEST_SECRET,
            "--sluice.channels.bank.reply-secret=" + REPLY_SECRET);
    // So that there are review cases of more than one kind to ask for and to decide.
    try (BankControl control = new BankControl(bank.url())) {
      for (String fault : List.of("WRONG_AMOUNT", "WRONG_BENEFICIARY", "REFUSE")) {
        control.fault(fault, ",\"count\":-1,\"probability\":0.05,\"seed\":1");
      }
    }
    bank.sendCallbacksTo(URI.create("http://127.0.0.1:" + port() + "/v1/callbacks/bank"));
    String anton = String.valueOf(Pool.USERS.get("A"));
    String berta = String.valueOf(Pool.USERS.get("B"));
    Duration day = Duration.ofDays(1);
    tokens.put("A", signed(claims(anton, "withdrawals", day), SECRET));
    tokens.put("B", signed(claims(berta, "withdrawals", day), SECRET));
    tokens.put("BATCH", signed(claims("platform-service", "withdrawals:batch", day), SECRET));
    tokens.put("OPERATOR", signed(claims("operator-1", "ops", day), SECRET));
    tokens.put("APPROVER", signed(claims("operator-2", "ops:approve", day), SECRET));
    tokens.put("LEDGER", signed(claims("ledger-service", "ledger", day), SECRET));
    tokens.put("ALL", signed(claims(anton, EVERYTHING, day), SECRET));
    tokens.put("EXPIRED", signed(claims(anton, "withdrawals", day.negated()), SECRET));
    tokens.put("FORGED", signed(claims(anton, "withdrawals ledger ops", day), OTHER_SECRET));
    tokens.put("NONE_ALG", new PlainJWT(claims(anton, "withdrawals ops", day)).serialize());
  }

  private static JWTClaimsSet claims(String subject, String scope, Duration lasts) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .subject(subject)
        .claim("scope", scope)
        .expirationTime(Date.from(Instant.now().plus(lasts)))
        .build();
  }

  private static String signed(JWTClaimsSet claims, byte[] secret) {
    try {
      SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Tokens by caller. */
  Map<String, String> tokens() {
    return Map.copyOf(tokens);
  }

  String token(String caller) {
    return tokens.getOrDefault(caller, "");
  }

  JdbcTemplate jdbc() {
    return service.getBean(JdbcTemplate.class);
  }

  @Override
  public void close() {
    service.close();
    bank.close();
    database.close();
  }
}

package dev.sluice.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Shows a new user one withdrawal from its request to SUCCESS, through the service's own HTTP API:
 * a demo wallet, a beneficiary, the order, its timeline as it grows. Once per data directory; a
 * demo that was cut off goes on where it was, since every call of it can be sent again.
 */
final class Demo {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);

  /** The file that says so. */
  private static final String SHOWN = "demo.shown";

  private static final String USER = "U1001";
  private static final String CURRENCY = "CNY";
  private static final String CARD = "6222081234561234";
  private static final String MASKED_CARD = "622208******1234";
  private static final Set<String> FINAL = Set.of("SUCCESS", "FAILED", "CANCELLED", "REFUNDED");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final DevTokens tokens;
  private final Path data;
  private final Clock clock;
  private final PrintStream out;

  /**
   * A demo.
   *
   * @param data the data directory, where it is noted that the demo was shown
   */
  Demo(DevTokens tokens, Path data, Clock clock, PrintStream out) {
    this.tokens = tokens;
    this.data = data;
    this.clock = clock;
    this.out = out;
  }

  /**
   * Opens the wallet and registers the card, if it wasn't shown yet: whoever sees that the service
   * is ready can withdraw. What goes wrong is told by {@link #run}.
   *
   * @param base where the API listens
   */
  void prepare(URI base) {
    if (isShown()) {
      return;
    }
    try (DemoApi api = new DemoApi(base)) {
      prepare(api);
    } catch (IOException | RuntimeException e) {
      log.debug("the demo is prepared once more when it runs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service is being stopped
    }
  }

  /**
   * Plays it if it wasn't shown yet, then says how to go on. What goes wrong is printed and does
   * the service no harm.
   *
   * @param base where the API listens
   * @param bank where the simulated bank listens
   */
  void run(URI base, URI bank) {
    try {
      if (!isShown()) {
        playOnce(base);
      }
    } catch (IOException | RuntimeException e) {
      out.printf("%nThe demo did not come to its end: %s%n", e.getMessage());
      out.println("The service runs; the demo is tried again at the next start.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service is being stopped
      return;
    }
    printWhatNext(base, bank);
  }

  private void playOnce(URI base) throws IOException, InterruptedException {
    try (DemoApi api = new DemoApi(base)) {
      play(api);
      Files.writeString(data.resolve(SHOWN), clock.instant() + "\n");
    }
  }

  private boolean isShown() {
    return Files.exists(data.resolve(SHOWN));
  }

  /** Can be done again: what is there already stays as it is. */
  private void prepare(DemoApi api) throws IOException, InterruptedException {
    String operator = tokens.issue("demo-operator", "ledger");
    String account = account(api, operator);
    api.post(
        "/v1/accounts/" + account + "/credits",
        operator,
        null,
        Map.of("amount", "10000.00", "reference", "demo-opening"));
    registerBeneficiary(api, tokens.issue(USER, "withdrawals ledger"));
  }

  private void play(DemoApi api) throws IOException, InterruptedException {
    String user = tokens.issue(USER, "withdrawals ledger");
    out.printf("%nA withdrawal, from its request to the end%n");
    prepare(api);
    out.printf("  a wallet for user %s with 10,000.00 %s%n", USER, CURRENCY);
    out.printf("  a registered beneficiary, %s%n", MASKED_CARD);
    Map<String, Object> order =
        Map.of("userId", USER, "amount", new BigDecimal("500.00"), "bankAccount", MASKED_CARD);
    JsonNode withdrawal = api.post("/v1/withdrawals", user, "demo-first-withdrawal", order);
    out.printf("  POST /v1/withdrawals of 500.00 %s to it; its timeline:%n%n", CURRENCY);
    follow(api, user, withdrawal.path("id").asString());
  }

  private static String account(DemoApi api, String token)
      throws IOException, InterruptedException {
    for (JsonNode account : DemoApi.rows(api.get("/v1/accounts?userId=" + USER, token))) {
      if (account.path("currency").asString().equals(CURRENCY)) {
        return account.path("id").asString();
      }
    }
    Map<String, String> body = Map.of("userId", USER, "currency", CURRENCY);
    return api.post("/v1/accounts", token, null, body).path("id").asString();
  }

  private static void registerBeneficiary(DemoApi api, String token)
      throws IOException, InterruptedException {
    for (JsonNode known : DemoApi.rows(api.get("/v1/beneficiaries?userId=" + USER, token))) {
      if (known.path("bankAccount").asString("").equals(MASKED_CARD)) {
        return;
      }
    }
    Map<String, String> body =
        Map.of("userId", USER, "bankAccount", CARD, "holderName", "Demo User", "bank", "ICBC");
    api.post("/v1/beneficiaries", token, null, body);
  }

  /** Prints the timeline as it grows, until the order is final. */
  private void follow(DemoApi api, String token, String id)
      throws IOException, InterruptedException {
    Instant deadline = clock.instant().plus(PATIENCE);
    TimelinePrinter printer = new TimelinePrinter(out);
    while (true) {
      // The status first: the timeline read after it holds all that led to it.
      String status = api.get("/v1/withdrawals/" + id, token).path("status").asString();
      printer.print(api.get("/v1/withdrawals/" + id + "/timeline", token).path("entries"));
      if (FINAL.contains(status)) {
        out.printf("%n  The order is %s.%n", status);
        return;
      }
      if (clock.instant().isAfter(deadline)) {
        throw new IOException("the order is still %s after %s".formatted(status, PATIENCE));
      }
      LockSupport.parkNanos(POLL.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void printWhatNext(URI base, URI bank) {
    out.printf(
        """

        Sluice is up.
          API              %1$s/v1
          Swagger UI       %1$s/swagger-ui.html
          Console          %1$s/console/
          Metrics          %1$s/actuator/prometheus
          Simulated bank   %2$s
          Data             %3$s

        Go on with a token and a withdrawal of your own:

        TOKEN=$(curl -s %1$s/dev/token -H 'Content-Type: application/json' -d '{"sub":"%4$s","scope":"withdrawals"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
        curl -i %1$s/v1/withdrawals -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: order-$(date +%%s)" -H 'Content-Type: application/json' -d '{"userId":"%4$s","amount":500.00,"bankAccount":"%5$s"}'

        Ctrl-C stops all of it.
        """,
        base, bank, data, USER, MASKED_CARD);
    out.flush();
  }
}

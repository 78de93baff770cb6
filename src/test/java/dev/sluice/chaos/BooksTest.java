package dev.sluice.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.channel.BankControl;
import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Books that never differ prove nothing: each kind of difference is told. */
class BooksTest {
  private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";

  private final TestDatabase database = TestDatabase.create();
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
  private final Merchant merchant = new Merchant(new Pulse());
  private HttpServer bank;
  private String payments = "[]";

  @BeforeEach
  void open() throws IOException {
    bank = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
    bank.createContext(
        "/payments",
        exchange -> {
          byte[] body = payments.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    bank.start();
  }

  @AfterEach
  void close() {
    bank.stop(0);
    merchant.close();
    database.close();
  }

  private List<String> differences(Told... told) {
    URI at = URI.create("http://127.0.0.1:" + bank.getAddress().getPort());
    try (BankControl control = new BankControl(at)) {
      return Books.compare(jdbc, control, List.of(told), merchant).differences();
    }
  }

  private static Told told(boolean tooMuch) {
    return new Told("key", "U1", "622208******0001", "10.00", tooMuch);
  }

  /** An order of the ledger, as a row alone. */
  private void order(String status, String number) {
    jdbc.update(
        """
        insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
        values (gen_random_uuid(), 'U1', 'CARD', gen_random_uuid(), '622208******0001', 'x', now())
        """);
    jdbc.update(
        """
        insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
               key_hash, request_hash, status, version, created_at, updated_at)
        select ?::uuid, 'U1', 1, id, 1000, 0, 'CNY', gen_random_uuid(), gen_random_uuid(), ?, 1, now(), now()
          from beneficiary
        """,
        ID,
        status);
    jdbc.update(
        """
        insert into payout_attempt (id, withdrawal_id, number, channel, request, state, sent_at,
               created_at, updated_at)
        values (?::uuid, ?::uuid, 1, 'bank', 'x', 'PAID', now(), now(), now())
        """,
        number,
        ID);
  }

  private static String payment(String number, String amount, int timesPaid) {
    return """
    [{"requestNo":"%s","account":"622208******0001","amount":"%s","timesPaid":%d,"status":"PAID","returned":"0.00"}]
    """
        .formatted(number.replace("-", ""), amount, timesPaid);
  }

  @Test
  void emptyBooksAgree() {
    assertThat(differences()).isEmpty();
  }

  @Test
  void tellsWhatAClientWasToldThatIsNotThere() {
    Told told = told(false);
    told.ids.add(ID);
    assertThat(differences(told)).anyMatch(d -> d.contains("an order that is not there"));
    told.ids.add("another");
    assertThat(differences(told)).anyMatch(d -> d.contains("several orders"));
  }

  @Test
  void tellsWhoNeverGotAnAnswerOrAWrongOne() {
    assertThat(differences(told(false))).containsExactly("key never got an answer");
    Told refused = told(false);
    refused.refused("INSUFFICIENT_FUNDS");
    assertThat(differences(refused)).containsExactly("key was refused: INSUFFICIENT_FUNDS");
    Told poor = told(true);
    poor.refused("INSUFFICIENT_FUNDS");
    assertThat(differences(poor)).isEmpty();
  }

  @Test
  void tellsWhatNobodyAskedFor() {
    order("SUCCESS", ID);
    payments = payment(ID, "10.00", 1);
    assertThat(differences())
        .contains("order %s is nobody's: no client was told of it".formatted(ID));
  }

  @Test
  void tellsOfEachPaymentThatIsTooMuchTooOftenOrMissing() {
    order("SUCCESS", ID);
    assertThat(differences()).anyMatch(d -> d.startsWith("the bank paid 0 times for"));
    payments = payment(ID, "10.00", 2);
    assertThat(differences()).anyMatch(d -> d.startsWith("the bank paid 2 times for"));
    payments = payment(ID, "10.01", 1);
    assertThat(differences()).anyMatch(d -> d.startsWith("the bank paid Payment["));
    assertThat(differences()).anyMatch(d -> d.startsWith("clearing holds 0 minor units"));
  }

  @Test
  void tellsOfAPaymentOfAnOrderThatFailed() {
    order("FAILED", ID);
    payments = payment(ID, "10.00", 1);
    assertThat(differences()).anyMatch(d -> d.startsWith("the bank paid 1 times for"));
  }

  @Test
  void tellsOfAPaymentThatTheLedgerNeverTried() {
    payments = payment(ID, "10.00", 1);
    assertThat(differences()).anyMatch(d -> d.contains("the ledger has no such attempt"));
  }

  @Test
  void tellsOfAClientThatWasToldAnotherEnd() {
    order("FAILED", ID);
    Told told = told(false);
    told.ids.add(ID);
    told.state("SUCCESS");
    assertThat(differences(told)).anyMatch(d -> d.startsWith("key was told SUCCESS"));
  }

  @Test
  void tellsWhatTheMerchantWasToldThatNeverHappened() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + merchant.port() + "/hooks"))
              .header("webhook-id", "e1")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"data\":{\"id\":\"%s\",\"status\":\"SUCCESS\"}}".formatted(ID)))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }
    assertThat(differences())
        .containsExactly("the merchant was told what never happened: %s SUCCESS".formatted(ID));
  }
}

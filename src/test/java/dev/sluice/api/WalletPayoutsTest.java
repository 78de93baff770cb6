package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.TestRsa;
import dev.sluice.channel.simulator.AlipaySimulation;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.channel.simulator.WechatSimulation;
import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * Orders to Alipay and WeChat identities, over HTTP to the service and on to a simulated bank that
 * poses as both providers.
 */
class WalletPayoutsTest extends ApiTest {
  private static final KeyPair APP = TestRsa.of("alipay application");
  private static final KeyPair ALIPAY = TestRsa.of("alipay");
  private static final KeyPair MERCHANT = TestRsa.of("wechat merchant");
  private static final KeyPair PLATFORM = TestRsa.of("wechat platform");
  private static final String APIV3_KEY = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";

  private static final SimulatedBank BANK = bank();
  private static final ConfigurableApplicationContext SERVICE =
      start(TestDatabase.create().url(), settings());

  WalletPayoutsTest() {
    super(SERVICE);
  }

  @AfterAll
  static void stop() {
    SERVICE.close();
    BANK.close();
  }

  @Test
  void paysEachIdentityByItsOwnChannel() {
    String user = newUser();
    wallet(user, "CNY", "1000.00");
    String alipay = pays(user, "alipayId", "2088123412341234");
    String phone = pays(user, "alipayId", "13800138000");
    String wechat = pays(user, "wechatOpenId", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");

    assertPaid(alipay, "alipay", "208812******1234");
    assertPaid(phone, "alipay", "138****8000");
    assertPaid(wechat, "wechat", "oUpF8u******eS6o");
    assertThat(available(user)).isEqualTo("970.00");
  }

  @Test
  void handsTheOwnerAloneWhatWeChatNeedsUntilItIsPaid() {
    String user = newUser();
    wallet(user, "CNY", "1000.00");
    try (BankControl control = new BankControl(BANK.url())) {
      control.fault("KEEP_PROCESSING", ",\"protocol\":\"wechat\"");
      String id =
          order(user, register(user, "wechatOpenId", "oHandOver_000000000000000000"), "CNY");
      until(id, "status", "PROCESSING");
      long deadline = System.nanoTime() + 30_000_000_000L;
      Reply own;
      do {
        assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
        own = get("/v1/withdrawals/" + id).as(user, "withdrawals").send();
      } while (!own.json().has("handOver"));
      assertThat(own.json().at("/handOver/channel").asString()).isEqualTo("wechat");
      String text = own.json().at("/handOver/text").asString();
      assertThat(text).isNotBlank();
      assertThat(Instant.parse(own.json().at("/handOver/expiresAt").asString()))
          .isBetween(
              Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));
      Call asOperator = get("/v1/withdrawals/" + id).as("operator", "ops");
      assertThat(asOperator.send().http().body()).doesNotContain("handOver", text);
      assertThat(get("/v1/withdrawals").as(user, "withdrawals").send().http().body())
          .doesNotContain(text);
      assertThat(
              get("/v1/withdrawals/" + id + "/timeline")
                  .as(user, "withdrawals")
                  .send()
                  .http()
                  .body())
          .doesNotContain(text);
      String number =
          jdbc.queryForObject(
              "select replace(id::text, '-', '') from payout_attempt where withdrawal_id = ?::uuid",
              String.class,
              id);
      control.call(
          "POST",
          "/control/settle",
          "{\"requestNo\":\"%s\",\"status\":\"PAID\"}".formatted(number),
          200);
      until(id, "status", "SUCCESS");
      assertThat(get("/v1/withdrawals/" + id).as(user, "withdrawals").send().http().body())
          .doesNotContain("handOver");
      assertThat(
              jdbc.queryForObject(
                  "select count(*) from payout_attempt where hand_over is not null and"
                      + " withdrawal_id = ?::uuid",
                  Long.class,
                  id))
          .isZero();
    }
  }

  @Test
  void refusesBeforeAnythingIsHeldWhatNoChannelEverPays() {
    String user = newUser();
    wallet(user, "EUR", "100.00");
    String beneficiary = register(user, "wechatOpenId", "o".repeat(28));
    Reply refused =
        post("/v1/withdrawals")
            .as(user, "withdrawals")
            .key("k-" + user)
            .body(
                "{\"userId\":\"%s\",\"amount\":\"5.00\",\"currency\":\"EUR\",\"beneficiaryId\":\"%s\"}"
                    .formatted(user, beneficiary))
            .send();
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.http().body())
        .contains("NOT_PAYABLE", "No channel pays EUR to a beneficiary of kind WECHAT.");
    assertThat(get("/v1/accounts?userId=" + user).as(user, "ledger").send().http().body())
        .contains("\"held\":\"0.00\"");
  }

  private String pays(String user, String field, String identity) {
    String id = order(user, register(user, field, identity), "CNY");
    until(id, "status", "SUCCESS");
    return id;
  }

  private String register(String user, String field, String identity) {
    Reply reply =
        post("/v1/beneficiaries")
            .as(user, "withdrawals")
            .body(
                "{\"userId\":\"%s\",\"%s\":\"%s\",\"holderName\":\"张伟\"}"
                    .formatted(user, field, identity))
            .send();
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
    assertThat(reply.http().body()).doesNotContain(identity);
    return reply.text("id");
  }

  private String order(String user, String beneficiary, String currency) {
    Reply reply =
        post("/v1/withdrawals")
            .as(user, "withdrawals")
            .key("to-" + beneficiary)
            .body(
                "{\"userId\":\"%s\",\"amount\":\"10.00\",\"currency\":\"%s\",\"beneficiaryId\":\"%s\"}"
                    .formatted(user, currency, beneficiary))
            .send();
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
    return reply.text("id");
  }

  private JsonNode order(String id) {
    return get("/v1/withdrawals/" + id).as("operator", "ops").send().json();
  }

  private void until(String id, String field, String value) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!order(id).path(field).asString("").equals(value)) {
      assertThat(System.nanoTime()).as("in time: " + order(id)).isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private void assertPaid(String id, String channel, String masked) {
    String number =
        jdbc.queryForObject(
            """
            select replace(id::text, '-', '') from payout_attempt
             where withdrawal_id = ?::uuid and channel = ? and state = 'PAID'
            """,
            String.class,
            id,
            channel);
    assertThat(order(id).path("bankAccount").asString()).isEqualTo(masked);
    try (BankControl control = new BankControl(BANK.url())) {
      JsonNode payment = control.payment(String.valueOf(number)).orElseThrow();
      assertThat(payment.path("protocol").asString()).isEqualTo(channel);
      assertThat(payment.path("account").asString()).isEqualTo(masked);
      assertThat(payment.path("timesPaid").intValue()).isEqualTo(1);
      assertThat(payment.path("amount").asString()).isEqualTo("10.00");
    }
  }

  private static SimulatedBank bank() {
    try {
      SimulatedBank bank =
          new SimulatedBank(
              SimulatorSettings.local(
                  Files.createTempDirectory("wallets").resolve("journal.jsonl"),
                  "M-1",
                  "a request secret for tests",
                  "a reply secret for tests!!"),
              Clock.systemUTC());
      bank.speak(
              new AlipaySimulation(
                  "2021000000000001", APP.getPublic(), ALIPAY.getPrivate(), null, null))
          .speak(
              new WechatSimulation(
                  "1900000109",
                  "wxf636efh567hg4356",
                  "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
                  MERCHANT.getPublic(),
                  "PUB_KEY_ID_1",
                  PLATFORM.getPrivate(),
                  APIV3_KEY,
                  null));
      bank.start();
      return bank;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String[] settings() {
    List<String> settings = new ArrayList<>();
    settings.add("--sluice.payouts.query-pauses=100ms,300ms");
    String alipay = "--sluice.channels.alipay.";
    settings.add(alipay + "url=" + BANK.url().resolve("/alipay/gateway.do"));
    settings.add(alipay + "app-id=2021000000000001");
    settings.add(alipay + "private-key=" + TestRsa.base64(APP.getPrivate()));
    settings.add(alipay + "alipay-public-key=" + TestRsa.base64(ALIPAY.getPublic()));
    String wechat = "--sluice.channels.wechat.";
    settings.add(wechat + "url=" + BANK.url().resolve("/wechat"));
    settings.add(wechat + "mch-id=1900000109");
    settings.add(wechat + "app-id=wxf636efh567hg4356");
    settings.add(wechat + "serial=5157F09EFDC096DE15EBE81A47057A7232F1B8E1");
    settings.add(wechat + "scene-id=1005");
    settings.add(wechat + "private-key=" + TestRsa.base64(MERCHANT.getPrivate()));
    settings.add(wechat + "apiv3-key=" + APIV3_KEY);
    settings.add(wechat + "platform-keys[PUB_KEY_ID_1]=" + TestRsa.base64(PLATFORM.getPublic()));
    return settings.toArray(String[]::new);
  }
}

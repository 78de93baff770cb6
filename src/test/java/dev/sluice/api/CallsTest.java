package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Accounts, beneficiaries, webhook endpoints, health. */
class CallsTest extends ApiTest {

  @Test
  void opensAnAccountOnce() {
    String body = "{\"userId\":\"%s\",\"currency\":\"JPY\"}".formatted(newUser());
    Reply first = post("/v1/accounts").as("svc", "ledger").body(body).send();
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.text("available")).isEqualTo("0");
    assertThat(first.text("status")).isEqualTo("ACTIVE");
    assertThat(first.json().path("id").isString()).isTrue();
    Reply second = post("/v1/accounts").as("svc", "ledger").body(body).send();
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.text("id")).isEqualTo(first.text("id"));
    post("/v1/accounts")
        .as("svc", "withdrawals ops")
        .body(body)
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
  }

  @Test
  void creditsAReferenceOnce() {
    String user = newUser();
    String path = "/v1/accounts/" + wallet(user, "KWD", "1.234") + "/credits";
    Reply first = credit(path, "0.001", "ref-1");
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.text("available")).isEqualTo("1.235");
    Reply again = credit(path, "\"0.001\"", "ref-1");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.text("available")).isEqualTo("1.235");
    credit(path, "0.002", "ref-1").isProblem(ProblemCode.IDEMPOTENCY_KEY_REUSED);
    credit(path, "0.0001", "ref-2").isProblem(ProblemCode.INVALID_REQUEST);
    credit(path, "1000000000000", "ref-3").isProblem(ProblemCode.INVALID_REQUEST);
    credit("/v1/accounts/999999999/credits", "1", "r").isProblem(ProblemCode.NOT_FOUND);
    assertThat(
            get("/v1/accounts?userId=" + user)
                .as("svc", "ledger")
                .send()
                .json()
                .path("items")
                .size())
        .isEqualTo(1);
    get("/v1/accounts").as("svc", "ledger").send().isProblem(ProblemCode.INVALID_REQUEST);
  }

  private Reply credit(String path, String amount, String reference) {
    return post(path)
        .as("svc", "ledger")
        .body("{\"amount\":%s,\"reference\":\"%s\"}".formatted(amount, reference))
        .send();
  }

  @Test
  void registersABeneficiaryOnceAndShowsItMasked() {
    String user = newUser();
    Reply first = register(user);
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.text("bankAccount")).isEqualTo(MASKED);
    assertThat(first.text("kind")).isEqualTo("CARD");
    assertThat(first.text("holderName")).isEqualTo("张伟");
    assertThat(first.json().path("luhnValid").isBoolean()).isTrue();
    assertThat(first.http().body()).doesNotContain(CARD);
    Reply again = register(user);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("id")).isEqualTo(first.text("id"));
    Reply iban =
        post("/v1/beneficiaries")
            .as("svc", "ledger")
            .body(
                """
                {"userId":"%s","iban":"DE89 3704 0044 0532 0130 00","holderName":"J. O'Neil-Ünal",
                 "bank":"ICBC (Beijing), No. 1"}\
                """
                    .formatted(user))
            .send();
    assertThat(iban.status()).as(iban.http().body()).isEqualTo(201);
    assertThat(iban.text("bankAccount")).isEqualTo("DE8937******3000");
    assertThat(iban.json().has("luhnValid")).isFalse();
    Reply own = get("/v1/beneficiaries").as(user, "withdrawals").send();
    assertThat(own.json().path("items").size()).isEqualTo(2);
    assertThat(own.http().body()).doesNotContain(CARD, "DE89370400440532013000");
  }

  @Test
  void registersAlipayAndWechatIdentitiesMasked() {
    String user = newUser();
    Map<String, String> shown =
        Map.of(
            "\"alipayId\":\"2088123412341234\"", "ALIPAY 208812******1234",
            "\"alipayId\":\"13800138000\"", "ALIPAY 138****8000",
            "\"alipayId\":\"Zhang.Wei@Example.com\"", "ALIPAY z***@example.com",
            "\"wechatOpenId\":\"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o\"", "WECHAT oUpF8u******eS6o");
    shown.forEach(
        (field, expected) -> {
          String body = "{\"userId\":\"%s\",\"holderName\":\"张伟\",%s}".formatted(user, field);
          Reply reply = post("/v1/beneficiaries").as(user, "withdrawals").body(body).send();
          assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
          assertThat(reply.text("kind") + " " + reply.text("bankAccount")).isEqualTo(expected);
          assertThat(reply.json().has("luhnValid")).isFalse();
        });
    String sameAddress =
        "{\"userId\":\"%s\",\"holderName\":\"张伟\",\"alipayId\":\"zhang.wei@example.com\"}";
    assertThat(
            post("/v1/beneficiaries")
                .as(user, "withdrawals")
                .body(sameAddress.formatted(user))
                .send()
                .status())
        .isEqualTo(200);
    String two = "{\"userId\":\"%s\",\"holderName\":\"A\",\"iban\":\"x\",\"wechatOpenId\":\"y\"}";
    assertThat(
            post("/v1/beneficiaries")
                .as(user, "withdrawals")
                .body(two.formatted(user))
                .send()
                .isProblem(ProblemCode.INVALID_REQUEST)
                .badFields())
        .containsExactly("wechatOpenId");
  }

  @Test
  void keepsBeneficiariesToTheirUsers() {
    String user = newUser();
    register(user);
    String body =
        "{\"userId\":\"%s\",\"bankAccount\":\"%s\",\"holderName\":\"A\"}".formatted(user, CARD);
    post("/v1/beneficiaries")
        .as(newUser(), "withdrawals")
        .body(body)
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    get("/v1/beneficiaries?userId=" + user)
        .as(newUser(), "withdrawals")
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    get("/v1/beneficiaries?userId=" + user).as("x", "ops").send().isProblem(ProblemCode.FORBIDDEN);
    get("/v1/beneficiaries").as("svc", "ledger").send().isProblem(ProblemCode.INVALID_REQUEST);
    assertThat(get("/v1/beneficiaries?userId=" + user).as("svc", "ledger").send().status())
        .isEqualTo(200);
    post("/v1/beneficiaries")
        .as(user, "withdrawals")
        .body(body.replace("}", ",\"iban\":\"DE89370400440532013000\"}"))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
  }

  @Test
  void managesWebhookEndpoints() {
    String body = "{\"url\":\"http://127.0.0.1:9/hook\",\"events\":[\"withdrawal.cancelled\"]}";
    Reply added = post("/v1/webhook-endpoints").as("op", "ops").body(body).send();
    assertThat(added.status()).as(added.http().body()).isEqualTo(201);
    assertThat(added.text("secret")).startsWith("whsec_");
    assertThat(added.text("createdBy")).isEqualTo("op");
    String path = added.header("Location");
    Reply shown = get(path).as("op", "ops").send();
    assertThat(shown.text("url")).isEqualTo("http://127.0.0.1:9/hook");
    assertThat(shown.json().has("secret")).isFalse();
    assertThat(get("/v1/webhook-endpoints").as("op", "ops").send().http().body())
        .contains(added.text("id"))
        .doesNotContain("whsec_");

    String user = userWithMoney();
    for (int i = 0; i < 3; i++) {
      String id = withdraw(user, "notify-" + i, "1").text("id");
      post("/v1/withdrawals/" + id + "/cancel").as(user, "withdrawals").send();
    }
    Reply page = get(path + "/deliveries?limit=2").as("op", "ops").send();
    assertThat(page.json().path("items").size()).isEqualTo(2);
    assertThat(page.json().at("/items/0/eventType").asString()).isEqualTo("withdrawal.cancelled");
    Reply rest =
        get(path + "/deliveries?limit=2&cursor=" + page.text("next")).as("op", "ops").send();
    assertThat(rest.json().path("items").size()).isEqualTo(1);
    assertThat(rest.json().path("next").isNull()).isTrue();

    String event = page.json().at("/items/0/eventId").asString();
    String again = path + "/deliveries/" + event + "/redeliver";
    assertThat(post(again).as("op", "ops").send().status()).isEqualTo(202);
    post(again).as(user, "withdrawals ledger").send().isProblem(ProblemCode.FORBIDDEN);
    for (String nothing : List.of(UUID.randomUUID().toString(), "x", event + "0")) {
      post(path + "/deliveries/" + nothing + "/redeliver")
          .as("op", "ops")
          .send()
          .isProblem(ProblemCode.NOT_FOUND);
    }

    assertThat(new Call("DELETE", path).as("op", "ops").send().status()).isEqualTo(204);
    post(again).as("op", "ops").send().isProblem(ProblemCode.NOT_FOUND);
    new Call("DELETE", path).as("op", "ops").send().isProblem(ProblemCode.NOT_FOUND);
    get(path).as("op", "ops").send().isProblem(ProblemCode.NOT_FOUND);
    assertThat(get(path + "/deliveries").as("op", "ops").send().status()).isEqualTo(200);
    String unknown = "/v1/webhook-endpoints/" + UUID.randomUUID();
    get(unknown + "/deliveries").as("op", "ops").send().isProblem(ProblemCode.NOT_FOUND);
    get("/v1/webhook-endpoints")
        .as(user, "withdrawals ledger")
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
  }

  @Test
  void boundsTheNumberOfWebhookEndpoints() {
    List<String> added = new java.util.ArrayList<>();
    Reply reply;
    do {
      reply =
          post("/v1/webhook-endpoints")
              .as("op", "ops")
              .body("{\"url\":\"http://127.0.0.1:9/%d\"}".formatted(added.size()))
              .send();
      if (reply.status() == 201) {
        added.add(reply.header("Location"));
      }
    } while (reply.status() == 201);
    reply.isProblem(ProblemCode.CONFLICT);
    assertThat(added).hasSize(3);
    added.forEach(path -> new Call("DELETE", path).as("op", "ops").send());
  }

  @Test
  void showsHealthAndMetricsWithoutAToken() {
    Reply health = get("/actuator/health").send();
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().at("/components/db/status").asString()).isEqualTo("UP");
    assertThat(health.json().at("/components/channels/components/standin/status").asString())
        .isEqualTo("UP");
    Reply readiness = get("/actuator/health/readiness").send();
    assertThat(readiness.text("status")).isEqualTo("UP");
    assertThat(readiness.json().path("components").has("db")).isTrue();
    assertThat(readiness.json().path("components").has("channels")).isFalse();
    assertThat(get("/actuator/health/liveness").send().status()).isEqualTo(200);
    assertThat(get("/actuator/health/channels").send().status()).isEqualTo(200);
    Reply metrics = get("/actuator/prometheus").send();
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.http().body()).contains("sluice_queue_depth", "http_server_requests");
    assertThat(get("/actuator/info").send().status()).isEqualTo(200);
  }
}

package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What happens to orders after they are accepted, over HTTP. */
class OrderLifeApiTest extends ApiTest {

  @Test
  void cancelsOnceAndReleasesTheFunds() {
    String user = userWithMoney();
    String id = withdraw(user, "cancel", "500").text("id");
    assertThat(cancel(user, id).text("status")).isEqualTo("CANCELLED");
    assertThat(cancel(user, id).status()).isEqualTo(200);
    assertThat(available(user)).isEqualTo("10000.00");
  }

  @Test
  void doesNotCancelWhatAChannelHas() {
    String user = newUser();
    wallet(user, "EUR", "10.00");
    String id = processing(user);
    cancel(user, id).isProblem(ProblemCode.NOT_CANCELLABLE);
  }

  @Test
  void reviewsByAnotherPerson() {
    String user = userWithMoney();
    Reply accepted = withdraw(user, "review", "5000.01");
    assertThat(accepted.text("status")).isEqualTo("REVIEW");
    assertThat(accepted.text("reason")).isEqualTo("AMOUNT_ABOVE_LIMIT");
    String path = "/v1/withdrawals/" + accepted.text("id") + "/review";
    String approval = "{\"decision\":\"APPROVE\",\"reason\":\"known customer\"}";
    post(path).as(user, "withdrawals").body(approval).send().isProblem(ProblemCode.FORBIDDEN);
    post(path).as(user, "ops").body(approval).send().isProblem(ProblemCode.FORBIDDEN);
    Reply approved = post(path).as("reviewer", "ops").body(approval).send();
    assertThat(approved.text("status")).as(approved.http().body()).isEqualTo("PENDING");
    post(path).as("reviewer", "ops").body(approval).send().isProblem(ProblemCode.CONFLICT);

    String refused = withdraw(user, "review-2", "\"4999.99\"").text("id");
    post("/v1/withdrawals/" + refused + "/review")
        .as("reviewer", "ops")
        .body(approval)
        .send()
        .isProblem(ProblemCode.CONFLICT);
    post("/v1/withdrawals/" + UUID.randomUUID() + "/review")
        .as("reviewer", "ops")
        .body(approval)
        .send()
        .isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void rejectsAReviewAndReleasesTheFunds() {
    String user = userWithMoney();
    String id = withdraw(user, "reject", "6000").text("id");
    Reply rejected =
        post("/v1/withdrawals/" + id + "/review")
            .as("reviewer", "ops")
            .body("{\"decision\":\"REJECT\",\"reason\":\"stolen card\"}")
            .send();
    assertThat(rejected.text("status")).isEqualTo("FAILED");
    assertThat(available(user)).isEqualTo("10000.00");

    String path = "/v1/withdrawals/" + id + "/timeline";
    assertThat(get(path).as("auditor", "ops").send().http().body())
        .contains("REVIEW to FAILED by reviewer", "(FAILED by reviewer)", "PENDING by " + user);
    assertThat(get(path).as(user, "withdrawals").send().http().body())
        .contains("REVIEW to FAILED by an operator", "(FAILED by an operator)")
        .contains("PENDING by " + user, "PENDING to REVIEW by system")
        .doesNotContain("reviewer");
  }

  @Test
  void tellsTheTimeline() {
    String user = userWithMoney();
    String id = withdraw(user, "timeline", "500").text("id");
    JsonNode timeline =
        get("/v1/withdrawals/" + id + "/timeline").as(user, "withdrawals").send().json();
    assertThat(timeline.path("withdrawalId").asString()).isEqualTo(id);
    assertThat(
            timeline.path("entries").values().stream().map(e -> e.path("code").asString()).toList())
        .contains("HOLD", "PENDING");
  }

  @Test
  void takesCallbacksOfAChannel() {
    String user = newUser();
    wallet(user, "EUR", "10.00");
    String id = processing(user);
    String number =
        String.valueOf(
                jdbc.queryForObject(
                    "select id::text from payout_attempt where withdrawal_id = ?::uuid",
                    String.class,
                    id))
            .replace("-", "");
    post("/v1/callbacks/nobody").body(number).send().isProblem(ProblemCode.NOT_FOUND);
    post("/v1/callbacks/standin").body(number).send().isProblem(ProblemCode.INVALID_SIGNATURE);
    post("/v1/callbacks/standin")
        .header("X-Proof", "right")
        .body("not a number")
        .send()
        .isProblem(ProblemCode.INVALID_SIGNATURE);
    post("/v1/callbacks/standin")
        .header("X-Proof", "right")
        .body("1".repeat(65 * 1024))
        .send()
        .isProblem(ProblemCode.PAYLOAD_TOO_LARGE);
    for (int i = 0; i < 2; i++) {
      Reply reply =
          post("/v1/callbacks/standin")
              .header("X-Proof", "right")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("Authorization", "Bearer not-for-us")
              .body(number)
              .send();
      assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
      assertThat(reply.http().body()).isEqualTo("RECEIVED");
      assertThat(reply.header("Content-Type")).startsWith("text/plain");
    }
    await(() -> status(user, id).equals("SUCCESS"));
  }

  @Test
  void hidesOtherUsersOrders() {
    String user = userWithMoney();
    String id = withdraw(user, "mine", "1").text("id");
    String path = "/v1/withdrawals/" + id;
    String other = newUser();
    get(path).as(other, "withdrawals").send().isProblem(ProblemCode.NOT_FOUND);
    get(path + "/timeline").as(other, "withdrawals").send().isProblem(ProblemCode.NOT_FOUND);
    post(path + "/cancel").as(other, "withdrawals").send().isProblem(ProblemCode.NOT_FOUND);
    get("/v1/withdrawals?userId=" + user)
        .as(other, "withdrawals")
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    get(path).as(user, "ledger").send().isProblem(ProblemCode.FORBIDDEN);
    assertThat(get(path).as("operator", "ops").send().status()).isEqualTo(200);
    for (String malformed : List.of("1", id + "0", "1-1-1-1-1", "%20")) {
      get("/v1/withdrawals/" + malformed)
          .as(user, "withdrawals")
          .send()
          .isProblem(ProblemCode.NOT_FOUND);
    }
  }

  /** An EUR order, once the channel has it. */
  private String processing(String user) {
    String id =
        post("/v1/withdrawals")
            .as(user, "withdrawals")
            .key("eur")
            .body(
                "{\"userId\":\"%s\",\"amount\":5,\"currency\":\"EUR\",\"bankAccount\":\"%s\"}"
                    .formatted(user, CARD))
            .send()
            .text("id");
    await(() -> status(user, id).equals("PROCESSING"));
    return id;
  }

  private String status(String user, String id) {
    return get("/v1/withdrawals/" + id).as(user, "withdrawals").send().text("status");
  }

  private static void await(Callable<Boolean> condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    try {
      while (!condition.call()) {
        assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
        LockSupport.parkNanos(20_000_000);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

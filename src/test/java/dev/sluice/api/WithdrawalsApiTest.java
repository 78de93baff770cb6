package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Orders over HTTP, and each refusal by its name. */
class WithdrawalsApiTest extends ApiTest {

  @Test
  void acceptsTheReadmesRequestAsItStands() {
    String user = userWithMoney();
    Reply reply =
        post("/v1/withdrawals")
            .as(user, "withdrawals")
            .key("readme")
            .body(Requests.WITHDRAWAL.replace("U1001", user))
            .send();
    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.header("Location")).isEqualTo("/v1/withdrawals/" + reply.text("id"));
    assertThat(reply.text("userId")).isEqualTo(user);
    assertThat(reply.text("amount")).isEqualTo("500.00");
    assertThat(reply.text("fee")).isEqualTo("0.00");
    assertThat(reply.text("currency")).isEqualTo("CNY");
    assertThat(reply.text("bankAccount")).isEqualTo(MASKED);
    assertThat(reply.text("status")).isEqualTo("PENDING");
    assertThat(reply.json().has("reason")).isFalse();
    assertThat(reply.json().has("note")).isFalse();
    assertThat(reply.header("Set-Cookie")).isEmpty();
    assertThat(available(user)).isEqualTo("9500.00");
    assertThat(get(reply.header("Location")).as(user, "withdrawals").send().text("id"))
        .isEqualTo(reply.text("id"));
  }

  @Test
  void takesAFullNumberAnIbanAnIdAndANote() {
    String user = newUser();
    wallet(user, "CNY", "100.00");
    for (String part :
        List.of(
            "\"bankAccount\":\"6222 0212 3456 7890 128\"",
            "\"bankAccount\":\"de89 3704 0044 0532 0130 00\"",
            "\"beneficiaryId\":\"" + register(user).text("id") + "\"",
            "\"bankAccount\":\"6222021234567890128\",\"currency\":\"CNY\",\"note\":\"房租 (May),"
                + " 50%\"")) {
      Reply reply =
          post("/v1/withdrawals")
              .as(user, "withdrawals")
              .key(UUID.randomUUID().toString())
              .body("{\"userId\":\"%s\",\"amount\":\"1.5\",%s}".formatted(user, part))
              .send();
      assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
      assertThat(reply.text("amount")).isEqualTo("1.50");
      assertThat(reply.http().body()).doesNotContain("6222021234567890128");
    }
  }

  @Test
  void answersARepetitionWithTheOrderAsItStands() {
    String user = userWithMoney();
    Reply first = withdraw(user, "again", "500.00");
    Reply second = withdraw(user, "again", "\"500\"");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.text("id")).isEqualTo(first.text("id"));
    assertThat(first.header("Idempotent-Replayed")).isEmpty();

    cancel(user, first.text("id"));
    assertThat(withdraw(user, "again", "500.00").text("status")).isEqualTo("CANCELLED");
    withdraw(user, "again", "500.01").isProblem(ProblemCode.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void keepsKeysOfUsersApart() {
    assertThat(withdraw(userWithMoney(), "shared", "1").status()).isEqualTo(201);
    assertThat(withdraw(userWithMoney(), "shared", "2").status()).isEqualTo(201);
  }

  @Test
  void demandsAKey() {
    String user = userWithMoney();
    post("/v1/withdrawals")
        .as(user, "withdrawals")
        .body(Requests.WITHDRAWAL)
        .send()
        .isProblem(ProblemCode.MISSING_IDEMPOTENCY_KEY);
    Reply bad = withdraw(user, "a b", "1");
    assertThat(bad.isProblem(ProblemCode.INVALID_REQUEST).badFields())
        .containsExactly("Idempotency-Key");
    withdraw(user, "k".repeat(256), "1").isProblem(ProblemCode.INVALID_REQUEST);
    assertThat(withdraw(user, "k".repeat(255), "1").status()).isEqualTo(201);
  }

  @Test
  void refusesMoreThanThereIs() {
    String user = userWithMoney();
    withdraw(user, "more", "10000.01").isProblem(ProblemCode.INSUFFICIENT_FUNDS);
    assertThat(available(user)).isEqualTo("10000.00");
  }

  @Test
  void refusesWithoutAnActiveAccount() {
    String user = newUser();
    register(user);
    withdraw(user, "none", "1").isProblem(ProblemCode.ACCOUNT_NOT_ACTIVE);
    String id = wallet(user, "CNY", "5.00");
    jdbc.update("update account set status = 'FROZEN' where id = ?", Long.valueOf(id));
    withdraw(user, "frozen", "1").isProblem(ProblemCode.ACCOUNT_NOT_ACTIVE);
  }

  @Test
  void refusesABeneficiaryThatIsNotTheUsers() {
    String user = newUser();
    wallet(user, "CNY", "5.00");
    Reply masked = withdraw(user, "mask", "1");
    assertThat(masked.isProblem(ProblemCode.INVALID_REQUEST).badFields())
        .containsExactly("bankAccount");
    String others = register(newUser()).text("id");
    Reply byId =
        post("/v1/withdrawals")
            .as(user, "withdrawals")
            .key("id")
            .body(
                "{\"userId\":\"%s\",\"amount\":1,\"beneficiaryId\":\"%s\"}".formatted(user, others))
            .send();
    assertThat(byId.isProblem(ProblemCode.INVALID_REQUEST).badFields())
        .containsExactly("beneficiaryId");
  }

  @Test
  void refusesToWithdrawFromAnotherUsersWallet() {
    String user = userWithMoney();
    post("/v1/withdrawals")
        .as(newUser(), "withdrawals")
        .key("theirs")
        .body(Requests.WITHDRAWAL.replace("U1001", user))
        .send()
        .isProblem(ProblemCode.FORBIDDEN);
    assertThat(available(user)).isEqualTo("10000.00");
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
  }

  @Test
  void listsOwnOrdersPageByPage() {
    String user = userWithMoney();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.addFirst(withdraw(user, "list-" + i, "1").text("id"));
    }
    cancel(user, ids.getFirst());
    List<String> listed = new ArrayList<>();
    String path = "/v1/withdrawals?limit=2";
    String next = "";
    do {
      JsonNode page = get(path + next).as(user, "withdrawals").send().json();
      page.path("items").values().forEach(o -> listed.add(o.path("id").asString()));
      next = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asString();
    } while (!next.isEmpty());
    assertThat(listed).containsExactlyElementsOf(ids);
    Reply cancelled =
        get("/v1/withdrawals?status=CANCELLED&userId=" + user).as("operator", "ops").send();
    assertThat(cancelled.json().path("items").size()).isEqualTo(1);
    assertThat(get("/v1/withdrawals").as("operator", "ops").send().json().path("items").size())
        .isGreaterThanOrEqualTo(5);
  }

  @Test
  void namesEachBadParameter() {
    Reply reply =
        get("/v1/withdrawals?status=DONE&limit=0&cursor=x&userId=a%20b")
            .as("operator", "ops")
            .send();
    assertThat(reply.isProblem(ProblemCode.INVALID_REQUEST).badFields())
        .containsExactlyInAnyOrder("status", "limit", "cursor", "userId");
    for (String query :
        List.of("limit=201", "limit=1e1", "limit=1&limit=2", "limit=", "userId=%00", "limit=%zz")) {
      get("/v1/withdrawals?" + query.replace("%zz", "%25zz"))
          .as("operator", "ops")
          .send()
          .isProblem(ProblemCode.INVALID_REQUEST);
    }
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
  void makesOneOrderOfFiftyRequestsWithOneKey() throws Exception {
    String user = userWithMoney();
    List<Reply> replies = atOnce(50, i -> withdraw(user, "fifty", "500"));
    assertThat(replies.stream().filter(r -> r.status() == 201)).hasSize(1);
    assertThat(replies.stream().filter(r -> r.status() == 200)).hasSize(49);
    assertThat(replies.stream().map(r -> r.text("id")).distinct()).hasSize(1);
    assertThat(available(user)).isEqualTo("9500.00");
  }

  @Test
  void acceptsExactlyWhatTheBalanceCovers() throws Exception {
    String user = userWithMoney();
    List<Reply> replies = atOnce(200, i -> withdraw(user, "hundred-" + i, "100.00"));
    assertThat(replies.stream().filter(r -> r.status() == 201)).hasSize(100);
    List<Reply> refused = replies.stream().filter(r -> r.status() != 201).toList();
    assertThat(refused).hasSize(100);
    refused.forEach(r -> r.isProblem(ProblemCode.INSUFFICIENT_FUNDS));
    assertThat(available(user)).isEqualTo("0.00");
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

  private Reply cancel(String user, String id) {
    return post("/v1/withdrawals/" + id + "/cancel").as(user, "withdrawals").send();
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

  private interface Sender {
    Reply send(int number);
  }

  private static List<Reply> atOnce(int requests, Sender sender) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(50)) {
      List<Callable<Reply>> calls =
          IntStream.range(0, requests)
              .<Callable<Reply>>mapToObj(i -> () -> sender.send(i))
              .toList();
      List<Reply> replies = new ArrayList<>();
      for (Future<Reply> reply : threads.invokeAll(calls)) {
        replies.add(reply.get());
      }
      return replies;
    }
  }
}

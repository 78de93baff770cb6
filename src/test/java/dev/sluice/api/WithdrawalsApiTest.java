package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  void listsOwnOrdersPageByPage() {
    String user = userWithMoney();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.addFirst(withdraw(user, "list-" + i, "1").text("id"));
    }
    cancel(user, ids.getFirst());
    assertThat(listed(user)).containsExactlyElementsOf(ids);
    Reply cancelled =
        get("/v1/withdrawals?status=CANCELLED&userId=" + user).as("operator", "ops").send();
    assertThat(cancelled.json().path("items").size()).isEqualTo(1);
    assertThat(get("/v1/withdrawals").as("operator", "ops").send().json().path("items").size())
        .isGreaterThanOrEqualTo(5);
  }

  @Test
  void listsTheOrdersOfAllOfAUsersAccountsNewestFirst() {
    String user = userWithMoney();
    wallet(user, "USD", "100.00");
    List<String> ids = new ArrayList<>();
    for (String currency : List.of("CNY", "USD", "USD", "CNY", "USD", "USD", "CNY")) {
      Reply reply =
          post("/v1/withdrawals")
              .as(user, "withdrawals")
              .key("all-" + ids.size())
              .body(
                  "{\"userId\":\"%s\",\"amount\":\"1\",\"currency\":\"%s\",\"bankAccount\":\"%s\"}"
                      .formatted(user, currency, MASKED))
              .send();
      assertThat(reply.status()).isEqualTo(201);
      ids.addFirst(reply.text("id"));
    }
    assertThat(listed(user)).containsExactlyElementsOf(ids);
  }

  /** A user's orders as listed, two at a time. */
  private List<String> listed(String user) {
    List<String> listed = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = get("/v1/withdrawals?limit=2" + next).as(user, "withdrawals").send().json();
      assertThat(page.path("items").size()).isBetween(1, 2);
      page.path("items").values().forEach(o -> listed.add(o.path("id").asString()));
      next = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asString();
    } while (!next.isEmpty());
    return listed;
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

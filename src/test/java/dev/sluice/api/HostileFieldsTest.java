package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a field is said of that field. */
class HostileFieldsTest extends HostileApiTest {
  /** Wrong in every field that is a string. */
  private static final List<String> NEVER_A_STRING =
      List.of(
          "null", "5", "-1", "1.5", "true", "[]", "{}", "[\"a\"]", "\"\\u0000\"", "\"\\uD800\"");

  /** What may be given in place of bankAccount. */
  private static final Set<String> INSTEAD =
      Set.of("beneficiaryId", "iban", "alipayId", "wechatOpenId");

  /** Text that no field takes. */
  private static final List<String> NEVER_TEXT =
      List.of(
          "\"a\\u0000b\"",
          "\"a\\nb\"",
          "\"a\\tb\"",
          "\"a\\u001bb\"",
          "\"a\\u007fb\"",
          "\"a\\u0085b\"",
          "\"a\\u202eb\"",
          "\"a\\u200bb\"",
          "\"😀\"",
          "\"☺\\uFE0F\"",
          "\"1\\uFE0F\\u20E3\"",
          "\"" + "x".repeat(600) + "\"",
          "\"" + "x".repeat(5000) + "\"");

  private static final List<String> BAD_AMOUNTS =
      List.of(
          "0",
          "-0",
          "0.00",
          "-1",
          "-0.01",
          "0.001",
          "1.005",
          "1e-3",
          "1e15",
          "1e400",
          "1E+2147483647",
          "1e-2147483647",
          "1e99999999999",
          "99999999999999999999",
          "10000000000000.01",
          "9".repeat(65),
          "\"\"",
          "\" \"",
          "\"-1\"",
          "\"+1\"",
          "\"1e2\"",
          "\"1,000.00\"",
          "\"1.\"",
          "\".5\"",
          "\"0\"",
          "\"0.001\"",
          "\" 1\"",
          "\"1 \"",
          "\"0x10\"",
          "\"NaN\"",
          "\"Infinity\"",
          "\"١٢\"",
          "\"１\"",
          "\"1\\u0000\"",
          "\"12345678901234567\"",
          "\"1000000000000000\"",
          "\"500.00 CNY\"",
          "null",
          "true",
          "[]",
          "[1]",
          "{}",
          "{\"value\":1}",
          "\"😀\"");

  static Stream<Arguments> badFields() {
    List<Arguments> all = new ArrayList<>();
    bad(all, WITHDRAW, "userId", q(""), q("a b"), q("a/b"), q("ü"), q("x".repeat(65)));
    bad(
        all,
        WITHDRAW,
        "bankAccount",
        q(""),
        q("12345"),
        q("622208*1234"),
        q("622208***"),
        q("6".repeat(20)),
        q("6222O81234561234"),
        q("6222-0812-3456-1234"),
        q("DE89370400440532013001"),
        q("６２２２０８１２３４５６１２３４"),
        q("XX00000000000000"),
        q("' or 1=1 --"));
    bad(
        all,
        WITHDRAW,
        "currency",
        q(""),
        q("cny"),
        q("CN"),
        q("CNYY"),
        q("ABC"),
        q("XXX"),
        q("XAU"));
    bad(all, WITHDRAW, "note", q("x".repeat(141)), q("   "));
    bad(all, WITHDRAW_BY_ID, "beneficiaryId", q(""), q("1"), q("1-1-1-1-1"), q("x".repeat(36)));
    bad(all, ACCOUNT, "userId", q(""), q("a b"), q("x".repeat(65)));
    bad(all, ACCOUNT, "currency", q(""), q("usd"), q("XXX"), q("ZZZ"));
    bad(all, BENEFICIARY, "userId", q(""), q("a b"));
    bad(all, BENEFICIARY, "bankAccount", q(""), q(MASKED), q("12345678901"), q("1".repeat(20)));
    bad(all, IBAN, "iban", q(""), q("DE89370400440532013001"), q("DE8937040044053201300"), q(CARD));
    bad(
        all,
        ALIPAY,
        "alipayId",
        q(""),
        q("2088"),
        q("2089123412341234"),
        q("20881234123412345"),
        q("23800138000"),
        q("+8613800138000"),
        q("@example.com"),
        q("a@b"),
        q("a b@example.com"),
        q("a@example.com\r\n"),
        q(CARD));
    bad(all, WECHAT, "wechatOpenId", q(""), q("o"), q("x".repeat(65)), q("o".repeat(19) + "/"));
    bad(
        all,
        BENEFICIARY,
        "holderName",
        q(""),
        q(" "),
        q(" A"),
        q("A "),
        q("A1"),
        q("<b>"),
        q("A😀"),
        q("x".repeat(129)));
    bad(all, BENEFICIARY, "bank", q(""), q(" "), q("x".repeat(65)));
    bad(
        all,
        ENDPOINT,
        "url",
        q(""),
        q("not a url"),
        q("ftp://127.0.0.1/"),
        q("http://10.0.0.1/"),
        q("http://u:p@127.0.0.1/"),
        q("file:///etc/passwd"),
        q("http://127.0.0.1/" + "x".repeat(2048)));
    for (String json :
        List.of(
            "null",
            "5",
            "\"all\"",
            "{}",
            "[1]",
            "[null]",
            "[\"x\"]",
            "[\"\"]",
            "[\"withdrawal.succeeded\\u0000\"]",
            "[" + "\"a\",".repeat(64) + "\"a\"]")) {
      all.add(Arguments.of(ENDPOINT, "events", json));
    }
    for (String amount : BAD_AMOUNTS) {
      all.add(Arguments.of(WITHDRAW, "amount", amount));
    }
    return all.stream();
  }

  private static void bad(List<Arguments> all, Target target, String field, String... values) {
    Stream.of(Stream.of(values), NEVER_A_STRING.stream(), NEVER_TEXT.stream())
        .flatMap(s -> s)
        .forEach(json -> all.add(Arguments.of(target, field, json)));
  }

  @ParameterizedTest(name = "[{index}] {1}")
  @MethodSource("badFields")
  void namesTheFieldThatIsWrong(Target target, String field, String json) {
    Reply reply = send(target, target.with(field, json));
    reply.isProblem(ProblemCode.INVALID_REQUEST);
    // What breaks JSON's own bounds is named by its place instead.
    if (reply.json().has("fields")) {
      assertThat(reply.badFields()).as(json).contains(field);
    } else {
      assertThat(reply.text("detail")).as(json).containsAnyOf("line 1", "a number");
    }
    assertThat(reply.http().body()).doesNotContain(CARD);
  }

  static Stream<Arguments> requiredFields() {
    return Stream.of(WITHDRAW, WITHDRAW_BY_ID, ACCOUNT, BENEFICIARY, IBAN, ALIPAY, WECHAT, ENDPOINT)
        .flatMap(t -> t.right().keySet().stream().map(field -> Arguments.of(t, field)));
  }

  @ParameterizedTest
  @MethodSource("requiredFields")
  void namesTheFieldThatIsMissing(Target target, String field) {
    Reply reply = send(target, target.without(field));
    String named = INSTEAD.contains(field) ? "bankAccount" : field;
    assertThat(reply.isProblem(ProblemCode.INVALID_REQUEST).badFields()).containsExactly(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "fee", "id", "version", "userid", "__proto__", CARD, "💥", ""})
  void refusesAFieldThatIsNotKnown(String field) {
    for (Target target : List.of(WITHDRAW, ACCOUNT, BENEFICIARY, ENDPOINT)) {
      Reply reply = send(target, target.with(field, "\"SUCCESS\""));
      assertThat(reply.isProblem(ProblemCode.INVALID_REQUEST).badFields()).hasSize(1);
      assertThat(reply.http().body()).doesNotContain(CARD);
    }
  }

  @Test
  void namesAllBadFieldsTogether() {
    Reply reply =
        send(
            WITHDRAW,
            "{\"userId\":7,\"amount\":\"x\",\"bankAccount\":\"\",\"currency\":\"no\",\"note\":null,\"fee\":0}");
    assertThat(reply.isProblem(ProblemCode.INVALID_REQUEST).badFields())
        .containsExactlyInAnyOrder("userId", "amount", "bankAccount", "currency", "note", "fee");
  }

  @Test
  void refusesBadCreditsAndReviews() {
    String id =
        Long.toString(
            jdbc.queryForList(
                    "select id from account where kind = 'USER' and currency = 'CNY' union all"
                        + " select 1 limit 1",
                    Long.class)
                .getFirst());
    for (String amount : BAD_AMOUNTS) {
      Reply reply =
          post("/v1/accounts/" + id + "/credits")
              .as("ledger-service", "ledger")
              .body("{\"amount\":%s,\"reference\":\"r\"}".formatted(amount))
              .send();
      assertThat(reply.status()).as(amount + reply.http().body()).isIn(400, 404);
    }
    for (String path : List.of("0", "-1", "x", "9".repeat(19), "9".repeat(18), "1%00", "1e1")) {
      Reply reply =
          post("/v1/accounts/" + path + "/credits")
              .as("ledger-service", "ledger")
              .body("{\"amount\":1,\"reference\":\"r\"}")
              .send();
      assertThat(reply.status()).as(path).isIn(400, 404);
    }
    String review = "/v1/withdrawals/01890a5d-ac96-774b-bcce-b302099a8057/review";
    for (String body :
        List.of(
            "{}",
            "{\"decision\":\"MAYBE\",\"reason\":\"x\"}",
            "{\"decision\":\"APPROVE\"}",
            "{\"decision\":true,\"reason\":\"x\"}",
            "{\"decision\":\"APPROVE\",\"reason\":\"\"}",
            "{\"decision\":\"APPROVE\",\"reason\":\"" + "x".repeat(501) + "\"}",
            "{\"decision\":\"APPROVE\",\"reason\":\"x\",\"status\":\"SUCCESS\"}")) {
      post(review).as("reviewer", "ops").body(body).send().isProblem(ProblemCode.INVALID_REQUEST);
    }
  }
}

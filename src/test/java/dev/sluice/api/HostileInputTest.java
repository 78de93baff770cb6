package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request: a 4xx that names it, never a 5xx, and nothing written. */
class HostileInputTest extends ApiTest {
  private static final String USER = "HOSTILE";

  /** Wrong in every field that is a string. */
  private static final List<String> NEVER_A_STRING =
      List.of(
          "null", "5", "-1", "1.5", "true", "[]", "{}", "[\"a\"]", "\"\\u0000\"", "\"\\uD800\"");

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

  private String before = "";

  @BeforeEach
  void count() {
    before = rowCounts();
  }

  @AfterEach
  void nothingIsWritten() {
    assertThat(rowCounts()).isEqualTo(before);
  }

  /** A call: its path, its scope, and a body that is right. */
  private record Target(String path, String scope, Map<String, String> right) {
    String without(String field) {
      return render(field, null);
    }

    String with(String field, String json) {
      return render(field, json);
    }

    private String render(String field, @Nullable String json) {
      List<String> parts = new ArrayList<>();
      right.forEach(
          (name, value) -> {
            if (!name.equals(field)) {
              parts.add("\"%s\":%s".formatted(name, value));
            }
          });
      if (json != null) {
        parts.add("\"%s\":%s".formatted(field, json));
      }
      return "{" + String.join(",", parts) + "}";
    }
  }

  private static final Target WITHDRAW =
      new Target(
          "/v1/withdrawals",
          "withdrawals",
          Map.of("userId", q(USER), "amount", "1.00", "bankAccount", q(CARD)));
  private static final Target WITHDRAW_BY_ID =
      new Target(
          "/v1/withdrawals",
          "withdrawals",
          Map.of(
              "userId",
              q(USER),
              "amount",
              "1.00",
              "beneficiaryId",
              q("01890a5d-ac96-774b-bcce-b302099a8057")));
  private static final Target ACCOUNT =
      new Target("/v1/accounts", "ledger", Map.of("userId", q(USER), "currency", q("USD")));
  private static final Target BENEFICIARY =
      new Target(
          "/v1/beneficiaries",
          "withdrawals",
          Map.of("userId", q(USER), "bankAccount", q(CARD), "holderName", q("Zhang Wei")));
  private static final Target IBAN =
      new Target(
          "/v1/beneficiaries",
          "withdrawals",
          Map.of(
              "userId",
              q(USER),
              "iban",
              q("DE89370400440532013000"),
              "holderName",
              q("Zhang Wei")));
  private static final Target ENDPOINT =
      new Target("/v1/webhook-endpoints", "ops", Map.of("url", q("http://127.0.0.1:9/")));

  private static String q(String text) {
    return "\"" + text + "\"";
  }

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
    return Stream.of(WITHDRAW, WITHDRAW_BY_ID, ACCOUNT, BENEFICIARY, IBAN, ENDPOINT)
        .flatMap(t -> t.right().keySet().stream().map(field -> Arguments.of(t, field)));
  }

  @ParameterizedTest
  @MethodSource("requiredFields")
  void namesTheFieldThatIsMissing(Target target, String field) {
    Reply reply = send(target, target.without(field));
    String named = field.equals("beneficiaryId") || field.equals("iban") ? "bankAccount" : field;
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "5",
        "\"text\"",
        "{",
        "{}}",
        "{} {}",
        "{'userId':'U1'}",
        "{userId:\"U1\"}",
        "{\"userId\":\"U1\",}",
        "{\"amount\":NaN}",
        "{\"amount\":Infinity}",
        "{\"amount\":+1}",
        "{\"amount\":01}",
        "{\"amount\":.5}",
        "{\"amount\":0x1}",
        "{\"amount\":1} // comment",
        "/* comment */{}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\u0000\"}",
        "{\"amount\":1,\"amount\":2}",
        "{\"amount\":1,\"\\u0061mount\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "\uFEFF{}"
      })
  void refusesWhatIsNotOneStrictJsonObject(String body) {
    for (Target target : List.of(WITHDRAW, ACCOUNT, BENEFICIARY, ENDPOINT)) {
      send(target, body).isProblem(ProblemCode.INVALID_REQUEST);
    }
  }

  @Test
  void refusesDeepNesting() {
    for (int depth : List.of(21, 1000, 30_000)) {
      String nested = "[".repeat(depth) + "]".repeat(depth);
      send(WITHDRAW, "{\"note\":" + nested + "}").isProblem(ProblemCode.INVALID_REQUEST);
    }
  }

  @Test
  void refusesBodiesOver64KiBHoweverTheyAreFramed() {
    byte[] large =
        ("{\"note\":\"" + "x".repeat(65 * 1024) + "\"}").getBytes(StandardCharsets.UTF_8);
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(large))
        .send()
        .isProblem(ProblemCode.PAYLOAD_TOO_LARGE);
    call(WITHDRAW)
        .body(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))
        .send()
        .isProblem(ProblemCode.PAYLOAD_TOO_LARGE);
    byte[] spaces = (" ".repeat(64 * 1024 - 2) + "{}").getBytes(StandardCharsets.UTF_8);
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(spaces))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] right = WITHDRAW.with("note", "\"x\"").getBytes(StandardCharsets.UTF_8);
    for (byte[] wrong :
        List.of(
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0xC0, (byte) 0x80}, // NUL, overlong
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // a lone surrogate
            new byte[] {(byte) 0xE4, (byte) 0xBD})) { // cut off
      String text = new String(right, StandardCharsets.ISO_8859_1);
      byte[] body =
          text.replace("\"x\"", "\"" + new String(wrong, StandardCharsets.ISO_8859_1) + "\"")
              .getBytes(StandardCharsets.ISO_8859_1);
      call(WITHDRAW)
          .body(BodyPublishers.ofByteArray(body))
          .send()
          .isProblem(ProblemCode.INVALID_REQUEST);
    }
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(right.clone()))
        .header("Content-Type", "application/json; charset=UTF-16")
        .send()
        .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    call(WITHDRAW)
        .body(BodyPublishers.ofString(WITHDRAW.without(""), StandardCharsets.UTF_16))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
    call(WITHDRAW)
        .header("Content-Encoding", "gzip")
        .body(WITHDRAW.without(""))
        .send()
        .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json-patch+json",
        "nonsense"
      })
  void takesJsonOnly(String type) {
    for (Target target : List.of(WITHDRAW, ACCOUNT, BENEFICIARY, ENDPOINT)) {
      call(target)
          .header("Content-Type", type)
          .body(target.without(""))
          .send()
          .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }
  }

  @Test
  void refusesBadCreditsAndReviews() {
    String id =
        Long.toString(
            jdbc.queryForList(
                    "select id from account where kind = 'USER' union all select 1 limit 1",
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

  private Call call(Target target) {
    return post(target.path()).as(USER, target.scope()).key("hostile");
  }

  private Reply send(Target target, String body) {
    return call(target).body(body).send();
  }
}

package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Requests with something wrong: a 4xx that names it, never a 5xx, and nothing written. */
abstract class HostileApiTest extends ApiTest {
  static final String USER = "HOSTILE";

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
  record Target(String path, String scope, Map<String, String> right) {
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

  static final Target WITHDRAW =
      new Target(
          "/v1/withdrawals",
          "withdrawals",
          Map.of("userId", q(USER), "amount", "1.00", "bankAccount", q(CARD)));
  static final Target WITHDRAW_BY_ID =
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
  static final Target ACCOUNT =
      new Target("/v1/accounts", "ledger", Map.of("userId", q(USER), "currency", q("USD")));
  static final Target BENEFICIARY =
      new Target(
          "/v1/beneficiaries",
          "withdrawals",
          Map.of("userId", q(USER), "bankAccount", q(CARD), "holderName", q("Zhang Wei")));
  static final Target IBAN =
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
  static final Target ALIPAY = identity("alipayId", "13800138000");
  static final Target WECHAT = identity("wechatOpenId", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
  static final Target ENDPOINT =
      new Target("/v1/webhook-endpoints", "ops", Map.of("url", q("http://127.0.0.1:9/")));

  private static Target identity(String field, String value) {
    return new Target(
        "/v1/beneficiaries",
        "withdrawals",
        Map.of("userId", q(USER), field, q(value), "holderName", q("Zhang Wei")));
  }

  static String q(String text) {
    return "\"" + text + "\"";
  }

  Call call(Target target) {
    return post(target.path()).as(USER, target.scope()).key("hostile");
  }

  Reply send(Target target, String body) {
    return call(target).body(body).send();
  }
}

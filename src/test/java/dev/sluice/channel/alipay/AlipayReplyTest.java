package dev.sluice.channel.alipay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.money.Money;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Alipay's replies mean, and what is no reply of Alipay's. */
class AlipayReplyTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String TRANSFER = "alipay_fund_trans_uni_transfer_response";
  private static final String QUERY = "alipay_fund_trans_common_query_response";
  private static final PayoutInstruction INSTRUCTION =
      new PayoutInstruction(
          NUMBER,
          Money.ofMinor(50_000, "CNY"),
          "ALIPAY",
          "2088123412341234",
          "张三",
          null,
          null,
          Instant.EPOCH);

  private TestPeer peer;
  private AlipayChannel channel;

  @BeforeEach
  void open() throws IOException {
    peer = new TestPeer();
    channel =
        new AlipayChannel(
            AlipayTestSettings.of(
                peer.url(),
                AlipayTestSettings.publicKeyMode(),
                Set.of("ALIPAY", "CARD"),
                Duration.ofSeconds(2)),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    channel.close();
    peer.close();
  }

  @ParameterizedTest
  @CsvSource({
    "10000,                  , SUCCESS, Paid",
    "10000,                  , DEALING, Accepted",
    "10000,                  , WAIT_PAY, Accepted",
    "10000,                  , CLOSED, UNLISTED_CODE",
    "10000,                  , , UNLISTED_CODE",
    "40004, PAYER_BALANCE_NOT_ENOUGH, , Refused",
    "40004, EXCEED_LIMIT_DM_AMOUNT, , Refused",
    "40004, PAYEE_NOT_EXIST, , Refused for ever",
    "40004, PAYEE_ACCOUNT_STATUS_ERROR, , Refused for ever",
    "40004, SYSTEM_ERROR, , CHANNEL_ERROR",
    "40004, REQUEST_PROCESSING, , CHANNEL_ERROR",
    "40004, RESOURCE_LIMIT_EXCEED, , THROTTLED",
    "40004, PAYMENT_INFO_INCONSISTENCY, , UNLISTED_CODE",
    "40004, PAYMENT_FAIL, , UNLISTED_CODE",
    "40004, ORDER_NOT_EXIST, , UNLISTED_CODE",
    "40004, NEVER_HEARD_OF, , UNLISTED_CODE",
    "40004, , , UNLISTED_CODE",
    "20000, isp.unknow-error, , CHANNEL_ERROR",
    "40005, isv.app-call-limited, , THROTTLED",
    "40002, isv.invalid-signature, , UNLISTED_CODE",
    "40001, PAYEE_NOT_EXIST, , UNLISTED_CODE",
    "99999, , , UNLISTED_CODE"
  })
  void readsTheReplyToATransfer(
      String code, @Nullable String subCode, @Nullable String status, String expected) {
    answer(TRANSFER, AlipayTestSigner.node(NUMBER, code, subCode, status));

    assertThat(kind(channel.instruct(NUMBER, channel.prepare(INSTRUCTION)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10000, , SUCCESS, Paid",
    "10000, , REFUND, Paid",
    "10000, , DEALING, Accepted",
    "40004, ORDER_NOT_EXIST, , NOT_FOUND",
    "40004, SYSTEM_ERROR, , CHANNEL_ERROR",
    "40004, INVALID_PARAMETER, , UNLISTED_CODE",
    "40004, PAYEE_NOT_EXIST, , UNLISTED_CODE",
    "40004, PAYER_BALANCE_NOT_ENOUGH, , UNLISTED_CODE",
    "40006, isv.insufficient-isv-permissions, , UNLISTED_CODE"
  })
  void aRefusedQueryRefusesNoTransfer(
      String code, @Nullable String subCode, @Nullable String status, String expected) {
    answer(QUERY, AlipayTestSigner.node(NUMBER, code, subCode, status));

    assertThat(kind(channel.query(NUMBER))).isEqualTo(expected);
  }

  @Test
  void readsWhyATransferFailed() {
    answer(
        QUERY,
        """
        {"code":"10000","out_biz_no":"%s","order_id":"1","status":"FAIL",\
        "error_code":"PAYEE_CARD_INFO_ERROR","fail_reason":"卡 6222081234561234 有误"}\
        """
            .formatted(NUMBER));

    assertThat(channel.query(NUMBER))
        .isEqualTo(new Outcome.Refused("PAYEE_CARD_INFO_ERROR", "卡 622208******1234 有误", true));
  }

  @Test
  void asksForAccountAndCardAndBelievesNotFoundOnlyFromBoth() {
    peer.answer(
        request ->
            AlipayTestSigner.signed(
                QUERY,
                request
                        .parameters()
                        .getOrDefault("biz_content", "")
                        .contains("TRANS_BANKCARD_NO_PWD")
                    ? AlipayTestSigner.node(NUMBER, "10000", null, "SUCCESS")
                    : AlipayTestSigner.node(NUMBER, "40004", "ORDER_NOT_EXIST", null)));
    assertThat(kind(channel.query(NUMBER))).isEqualTo("Paid");

    peer.answer(
        request ->
            request.parameters().getOrDefault("biz_content", "").contains("TRANS_BANKCARD_NO_PWD")
                ? new Said(502, Map.of(), "")
                : AlipayTestSigner.signed(
                    QUERY, AlipayTestSigner.node(NUMBER, "40004", "ORDER_NOT_EXIST", null)));
    assertThat(kind(channel.query(NUMBER))).isEqualTo("CHANNEL_ERROR");
  }

  @Test
  void comparesThePayeeOnlyIfItWasNamedByItsUserId() {
    String told =
        """
        {"code":"10000","out_biz_no":"%s","order_id":"1","status":"SUCCESS",\
        "trans_amount":"500.00","receiver_user_id":"2088999999991234"%s}\
        """;
    answer(QUERY, told.formatted(NUMBER, ",\"passback_params\":\"ALIPAY_USER_ID\""));
    assertThat(channel.query(NUMBER))
        .isEqualTo(new Outcome.Paid(Money.ofMinor(50_000, "CNY"), "208899******1234", "1"));

    answer(QUERY, told.formatted(NUMBER, ""));
    assertThat(channel.query(NUMBER))
        .isEqualTo(new Outcome.Paid(Money.ofMinor(50_000, "CNY"), null, "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"500.001", "5e2", "-1", "", "0", "٥٠٠"})
  void takesNoPaymentOfAnUnreadableAmount(String amount) {
    answer(
        QUERY,
        "{\"code\":\"10000\",\"out_biz_no\":\"%s\",\"order_id\":\"1\",\"status\":\"SUCCESS\",\"trans_amount\":\"%s\"}"
            .formatted(NUMBER, amount));

    assertThat(channel.query(NUMBER))
        .isEqualTo(new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS"));
  }

  @Test
  void believesNothingThatOnlyLooksLikeAReply() {
    String node = AlipayTestSigner.node(NUMBER, "10000", null, "SUCCESS");
    String sign = AlipayTestSigner.sign(node);
    List<String> fakes =
        List.of(
            "{\"x\":\"\\\"%s\\\":{}\",\"sign\":\"%s\"}".formatted(QUERY, sign),
            "{\"x\":{\"%s\":%s,\"sign\":\"%s\"}}".formatted(QUERY, node, sign),
            "{\"%s\":%s,\"%s\":%s,\"sign\":\"%s\"}".formatted(QUERY, node, QUERY, node, sign),
            "{\"%s\":%s,\"sign\":\"%s\"}x".formatted(QUERY, node, sign),
            "{\"%s\":%s }{\"sign\":\"%s\"}".formatted(QUERY, node, sign),
            "{\"%s\":%s ,\"sign\":\"%s\"".formatted(QUERY, node, sign),
            "{\"%s\":%s,\"sign\":[\"%s\"]}".formatted(QUERY, node, sign),
            "{\"%s\":%s,\"sign\":\"%s\"}".formatted(TRANSFER, node, sign),
            "{\"error_response\":%s,\"sign\":\"%s\"}".formatted(node, sign),
            "{\"%s\":%s}".formatted(QUERY, node),
            "[]",
            "null",
            "");
    for (String fake : fakes) {
      peer.answer(request -> new Said(200, Map.of(), fake));
      assertThat(kind(channel.query(NUMBER))).as(fake).isEqualTo("UNVERIFIED");
    }
    peer.answer(
        request ->
            new Said(200, Map.of(), "{\"sign\":\"%s\", \"%s\" : %s}".formatted(sign, QUERY, node)));
    assertThat(kind(channel.query(NUMBER))).isEqualTo("Paid");
  }

  @Test
  void oneSignatureHasOneSpelling() {
    String node = AlipayTestSigner.node(NUMBER, "10000", null, "SUCCESS");
    String sign = AlipayTestSigner.sign(node);
    char stray = (char) (sign.charAt(sign.length() - 3) + 1);
    String other = sign.substring(0, sign.length() - 3) + stray + "==";
    peer.answer(
        request ->
            new Said(200, Map.of(), "{\"%s\":%s,\"sign\":\"%s\"}".formatted(QUERY, node, other)));

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "BAD_SIGNATURE"));
  }

  private void answer(String name, String node) {
    peer.answer(request -> AlipayTestSigner.signed(name, node));
  }

  private static String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "Accepted";
      case Outcome.Paid ignored -> "Paid";
      case Outcome.Refused refused -> refused.beneficiaryAtFault() ? "Refused for ever" : "Refused";
      case Outcome.Unknown unknown -> unknown.why().name();
    };
  }
}

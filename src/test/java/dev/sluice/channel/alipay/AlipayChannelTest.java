package dev.sluice.channel.alipay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.channel.TestRsa;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against an Alipay whose answers are written by hand. */
class AlipayChannelTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String TRANSFER = "alipay_fund_trans_uni_transfer_response";
  private static final String QUERY = "alipay_fund_trans_common_query_response";
  private static final Instant NOON = Instant.parse("2026-01-02T04:00:00Z");

  private TestPeer peer;
  private AlipayChannel channel;

  @BeforeEach
  void open() throws IOException {
    peer = new TestPeer();
    channel = at(NOON, Set.of("ALIPAY", "CARD"));
  }

  @AfterEach
  void close() {
    channel.close();
    peer.close();
  }

  @Test
  void sendsTheSameBusinessRequestAgainUnderANewTimeAndSignature() {
    byte[] stored = channel.prepare(toUser("2088123412341234"));
    var _ = channel.instruct(NUMBER, stored);
    try (AlipayChannel later = at(NOON.plus(Duration.ofDays(1)), Set.of("ALIPAY"))) {
      var _ = later.instruct(NUMBER, stored);
    }

    TestPeer.Asked first = peer.asked().get(0);
    TestPeer.Asked second = peer.asked().get(1);
    assertThat(first.text()).startsWith("biz_content=").isEqualTo(second.text());
    assertThat(first.parameters().get("timestamp")).isEqualTo("2026-01-02 12:00:00");
    assertThat(second.parameters().get("timestamp")).isEqualTo("2026-01-03 12:00:00");
    Set<String> differ = Set.of("timestamp", "sign");
    Map<String, String> before = new TreeMap<>(first.parameters());
    Map<String, String> after = new TreeMap<>(second.parameters());
    assertThat(before.keySet().removeAll(differ)).isTrue();
    assertThat(after.keySet().removeAll(differ)).isTrue();
    assertThat(before).isEqualTo(after);
  }

  @Test
  void writesATransferToAnAccount() {
    assertThat(content(toUser("2088123412341234")))
        .isEqualTo(
            """
            {"out_biz_no":"%s","trans_amount":"500.00","product_code":"TRANS_ACCOUNT_NO_PWD",\
            "biz_scene":"DIRECT_TRANSFER","order_title":"Withdrawal",\
            "payee_info":{"identity":"2088123412341234","identity_type":"ALIPAY_USER_ID",\
            "name":"张三"},"remark":"Withdrawal","passback_params":"ALIPAY_USER_ID"}\
            """
                .formatted(NUMBER));
    assertThat(content(toUser("13800138000")))
        .contains("\"identity_type\":\"ALIPAY_LOGON_ID\"")
        .doesNotContain("passback_params");
  }

  @Test
  void writesATransferToACard() {
    assertThat(content(instruction("CARD", "6222081234561234", "给\"你\"")))
        .isEqualTo(
            """
            {"out_biz_no":"%s","trans_amount":"500.00","product_code":"TRANS_BANKCARD_NO_PWD",\
            "biz_scene":"DIRECT_TRANSFER","order_title":"Withdrawal",\
            "payee_info":{"identity":"6222081234561234","identity_type":"BANKCARD_ACCOUNT",\
            "name":"张三","bankcard_ext_info":{"account_type":"2","inst_name":"招商银行"}},\
            "remark":"给\\"你\\""}\
            """
                .formatted(NUMBER));
  }

  @Test
  void refusesToPrepareWhatAlipayCannotPay() {
    assertThatThrownBy(() -> channel.prepare(instruction("IBAN", "DE89370400440532013000", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("DE89");
    assertThatThrownBy(() -> channel.instruct(NUMBER, "{}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
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
    answer(TRANSFER, node(code, subCode, status));

    assertThat(kind(channel.instruct(NUMBER, stored()))).isEqualTo(expected);
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
    answer(QUERY, node(code, subCode, status));

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
            signed(
                QUERY,
                request
                        .parameters()
                        .getOrDefault("biz_content", "")
                        .contains("TRANS_BANKCARD_NO_PWD")
                    ? node("10000", null, "SUCCESS")
                    : node("40004", "ORDER_NOT_EXIST", null)));
    assertThat(kind(channel.query(NUMBER))).isEqualTo("Paid");

    peer.answer(
        request ->
            request.parameters().getOrDefault("biz_content", "").contains("TRANS_BANKCARD_NO_PWD")
                ? new Said(502, Map.of(), "")
                : signed(QUERY, node("40004", "ORDER_NOT_EXIST", null)));
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
    String node = node("10000", null, "SUCCESS");
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
    String node = node("10000", null, "SUCCESS");
    String sign = AlipayTestSigner.sign(node);
    char stray = (char) (sign.charAt(sign.length() - 3) + 1);
    String other = sign.substring(0, sign.length() - 3) + stray + "==";
    peer.answer(
        request ->
            new Said(200, Map.of(), "{\"%s\":%s,\"sign\":\"%s\"}".formatted(QUERY, node, other)));

    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "BAD_SIGNATURE"));
  }

  @Test
  void inCertificateModeAReplyMustNameThePinnedCertificate() {
    try (AlipayChannel strict =
        new AlipayChannel(
            AlipayTestSettings.of(
                peer.url(),
                AlipayTestSettings.certificateMode(),
                Set.of("ALIPAY"),
                Duration.ofSeconds(2)),
            Clock.systemUTC())) {
      answer(QUERY, node("10000", null, "SUCCESS"));

      assertThat(strict.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "OTHER_CERTIFICATE"));
      assertThat(peer.asked().getLast().parameters())
          .containsEntry("app_cert_sn", AlipayKeys.serialNumber(AlipayTestSettings.APP_CERTIFICATE))
          .containsEntry(
              "alipay_root_cert_sn", AlipayKeys.rootSerialNumber(List.of(AlipayTestSettings.ROOT)));
    }
  }

  @Test
  void verifiesTheMessageBeforeItReadsIt() {
    Map<String, String> good = AlipayTestSigner.message(NUMBER, NOON);
    assertThat(verify(good)).isInstanceOf(CallbackVerdict.Verified.class);

    assertRejected(with(good, "sign", ""), "bad signature");
    assertRejected(with(good, "sign_type", "RSA"), "bad signature");
    assertRejected(with(good, "biz_content", "{}"), "bad signature");
    assertRejected(resigned(good, "app_id", "2021999"), "for another application");
    assertRejected(resigned(good, "msg_method", "x.y"), "about something else than a transfer");
    assertRejected(resigned(good, "utc_timestamp", "0"), "stale");
    assertRejected(resigned(good, "utc_timestamp", "+1"), "without a time");
    assertRejected(resigned(good, "biz_content", "{}"), "signed, but not in the protocol's form");
    assertRejected(
        resigned(
            good, "biz_content", "{\"out_biz_no\":\"%s\",\"status\":\"REFUND\"}".formatted(NUMBER)),
        "a return without its amount or order");
    String twice = AlipayForm.encode(good) + "&app_id=" + good.get("app_id");
    assertThat(
            channel.verify(new RawCallback("/", Map.of(), twice.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(new CallbackVerdict.Rejected("not a notification's form"));
  }

  @Test
  void answersAsAlipayWantsToRead() {
    assertThat(channel.reply(true)).isEqualTo(CallbackReply.text(200, "success"));
    assertThat(channel.reply(false).body()).isEqualTo("fail");
  }

  @Test
  void wantsTlsUnlessTheGatewayIsOnThisMachine() {
    assertThatThrownBy(
            () ->
                AlipayTestSettings.of(
                    URI.create("http://alipay.example/gateway.do"),
                    AlipayTestSettings.publicKeyMode(),
                    Set.of("ALIPAY"),
                    Duration.ofSeconds(1)))
        .hasMessageContaining("https");
  }

  @Test
  void showsNoKey() {
    assertThat(channel.toString() + AlipayTestSettings.publicKeyMode())
        .doesNotContain(TestRsa.base64(AlipayTestSettings.APP.getPrivate()).substring(0, 40))
        .contains("alipay");
  }

  private AlipayChannel at(Instant instant, Set<String> kinds) {
    return new AlipayChannel(
        AlipayTestSettings.of(
            peer.url(), AlipayTestSettings.publicKeyMode(), kinds, Duration.ofSeconds(2)),
        Clock.fixed(instant, ZoneOffset.UTC));
  }

  private byte[] stored() {
    return channel.prepare(toUser("2088123412341234"));
  }

  private String content(PayoutInstruction instruction) {
    return String.valueOf(
        Objects.requireNonNull(
                AlipayForm.decode(channel.prepare(instruction), StandardCharsets.UTF_8))
            .get("biz_content"));
  }

  private static PayoutInstruction toUser(String account) {
    return instruction("ALIPAY", account, null);
  }

  private static PayoutInstruction instruction(String kind, String account, @Nullable String note) {
    return new PayoutInstruction(
        NUMBER, Money.ofMinor(50_000, "CNY"), kind, account, "张三", "招商银行", note, NOON);
  }

  private void answer(String name, String node) {
    peer.answer(request -> signed(name, node));
  }

  private static Said signed(String name, String node) {
    return new Said(
        200,
        Map.of("Content-Type", "text/html;charset=utf-8"),
        "{\"%s\":%s,\"sign\":\"%s\"}".formatted(name, node, AlipayTestSigner.sign(node)));
  }

  private static String node(String code, @Nullable String subCode, @Nullable String status) {
    StringBuilder node = new StringBuilder("{\"code\":\"" + code + "\",\"msg\":\"m\"");
    if (subCode != null) {
      node.append(",\"sub_code\":\"").append(subCode).append("\",\"sub_msg\":\"s\"");
    }
    if (code.equals("10000")) {
      node.append(",\"out_biz_no\":\"").append(NUMBER).append("\",\"order_id\":\"2026\"");
    }
    if (status != null) {
      node.append(",\"status\":\"").append(status).append('"');
    }
    return node.append('}').toString();
  }

  private CallbackVerdict verify(Map<String, String> parameters) {
    return channel.verify(
        new RawCallback(
            "/", Map.of(), AlipayForm.encode(parameters).getBytes(StandardCharsets.UTF_8)));
  }

  private void assertRejected(Map<String, String> parameters, String reason) {
    assertThat(verify(parameters)).isEqualTo(new CallbackVerdict.Rejected(reason));
  }

  private static Map<String, String> with(Map<String, String> parameters, String name, String v) {
    Map<String, String> changed = new TreeMap<>(parameters);
    changed.put(name, v);
    return changed;
  }

  private static Map<String, String> resigned(
      Map<String, String> parameters, String name, String value) {
    return AlipayTestSigner.resign(with(parameters, name, value));
  }

  private static String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "Accepted";
      case Outcome.Paid ignored -> "Paid";
      case Outcome.Refused refused -> refused.beneficiaryAtFault() ? "Refused for ever" : "Refused";
      case Outcome.Unknown unknown -> unknown.why().name();
    };
  }

  /** Alipay's side, by its own SDK. */
  private static final class AlipayTestSigner {
    private static final KeyPair KEY = AlipayTestSettings.ALIPAY;

    static String sign(String content) {
      try {
        return com.alipay.api.internal.util.AlipaySignature.rsaSign(
            content, TestRsa.base64(KEY.getPrivate()), "utf-8", "RSA2");
      } catch (com.alipay.api.AlipayApiException e) {
        throw new AssertionError(e);
      }
    }

    static Map<String, String> message(String number, Instant at) {
      Map<String, String> message = new TreeMap<>();
      message.put("app_id", AlipayTestSettings.APP_ID);
      message.put("msg_method", "alipay.fund.trans.order.changed");
      message.put("charset", "utf-8");
      message.put("utc_timestamp", Long.toString(at.toEpochMilli()));
      message.put("sign_type", "RSA2");
      message.put(
          "biz_content",
          "{\"out_biz_no\":\"%s\",\"order_id\":\"1\",\"status\":\"SUCCESS\",\"trans_amount\":\"1.00\"}"
              .formatted(number));
      return resign(message);
    }

    static Map<String, String> resign(Map<String, String> message) {
      Map<String, String> signed = new TreeMap<>(message);
      signed.put(
          "sign",
          sign(
              com.alipay.api.internal.util.AlipaySignature.getSignCheckContentV1(
                  new TreeMap<>(message))));
      return signed;
    }
  }
}

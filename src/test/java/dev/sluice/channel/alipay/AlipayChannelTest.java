package dev.sluice.channel.alipay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestRsa;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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

/** Against an Alipay whose answers are written by hand. */
class AlipayChannelTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
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
      peer.answer(
          request ->
              AlipayTestSigner.signed(
                  "alipay_fund_trans_common_query_response",
                  AlipayTestSigner.node(NUMBER, "10000", null, "SUCCESS")));

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
}

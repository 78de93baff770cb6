package dev.sluice.channel.wechat;

import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM;
import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM_SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.wechat.pay.java.core.cipher.RSASigner;
import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.channel.TestRsa;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.channel.simulator.WechatSimulation;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a WeChat Pay whose answers are written by hand. */
class WechatChannelTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";

  private TestPeer peer;
  private WechatChannel channel;

  @BeforeEach
  void open() throws IOException {
    peer = new TestPeer();
    channel = channel(peer.url(), WechatTestSettings.keys());
  }

  @AfterEach
  void close() {
    channel.close();
    peer.close();
  }

  @Test
  void writesATransferInOneWayOnly() {
    var _ = channel.instruct(NUMBER, channel.prepare(instruction(50_000, "给\"你\"")));

    assertThat(peer.asked().getFirst().text())
        .isEqualTo(
            """
            {"appid":"wxf636efh567hg4356","out_bill_no":"%s","transfer_scene_id":"1005",\
            "openid":"%s","transfer_amount":50000,"transfer_remark":"给\\"你\\"",\
            "transfer_scene_report_infos":[{"info_type":"岗位类型","info_content":"骑手"}]}\
            """
                .formatted(NUMBER, OPENID));
  }

  @Test
  void sendsTheSameBodyAgainWithTheSerialItWasEncryptedForWhateverKeysThereAre() {
    byte[] stored = channel.prepare(instruction(200_000, null));
    KeyPair next = TestRsa.of("wechat next platform");
    WechatKeys rotated =
        WechatTestSettings.keys(
            Map.of(PLATFORM_SERIAL, PLATFORM.getPublic(), "PUB_KEY_ID_2", next.getPublic()),
            "PUB_KEY_ID_2");

    var _ = channel.instruct(NUMBER, stored);
    try (WechatChannel later = channel(peer.url(), rotated)) {
      var _ = later.instruct(NUMBER, stored);
      var _ = later.query(NUMBER);
    }

    TestPeer.Asked first = peer.asked().get(0);
    TestPeer.Asked second = peer.asked().get(1);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.headers().get("authorization"))
        .isNotEqualTo(first.headers().get("authorization"));
    assertThat(second.headers()).containsEntry("wechatpay-serial", PLATFORM_SERIAL);
    assertThat(peer.asked().get(2).headers()).containsEntry("wechatpay-serial", "PUB_KEY_ID_2");
  }

  @Test
  void believesEachKnownPlatformKeyAndNoOther() {
    KeyPair next = TestRsa.of("wechat next platform");
    WechatKeys both =
        WechatTestSettings.keys(
            Map.of(PLATFORM_SERIAL, PLATFORM.getPublic(), "PUB_KEY_ID_2", next.getPublic()),
            PLATFORM_SERIAL);
    String paid = bill("SUCCESS", null);
    try (WechatChannel rotating = channel(peer.url(), both)) {
      peer.answer(request -> signed(200, paid, "PUB_KEY_ID_2", next));
      assertThat(kind(rotating.query(NUMBER))).isEqualTo("Paid");
      peer.answer(request -> signed(200, paid, PLATFORM_SERIAL, PLATFORM));
      assertThat(kind(rotating.query(NUMBER))).isEqualTo("Paid");
      peer.answer(request -> signed(200, paid, PLATFORM_SERIAL, next));
      assertThat(rotating.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "BAD_SIGNATURE"));
      peer.answer(request -> signed(200, paid, "PUB_KEY_ID_3", next));
      assertThat(rotating.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "UNKNOWN_SERIAL"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ACCEPTED, , Accepted",
    "PROCESSING, , Accepted",
    "WAIT_USER_CONFIRM, , Accepted",
    "TRANSFERING, , Accepted",
    "CANCELING, , Accepted",
    "SUCCESS, , Paid",
    "CANCELLED, , Refused",
    "FAIL, TRANSFER_QUOTA_EXCEED, Refused",
    "FAIL, OVERDUE_CLOSE, Refused",
    "FAIL, NAME_NOT_CORRECT, Refused for ever",
    "FAIL, ACCOUNT_FROZEN, Refused for ever",
    "FAIL, NEVER_HEARD_OF, UNLISTED_CODE",
    "FAIL, , UNLISTED_CODE",
    "success, , UNLISTED_CODE",
    "REFUND, , UNLISTED_CODE"
  })
  void readsEachState(String state, @Nullable String reason, String expected) {
    peer.answer(request -> signed(200, bill(state, reason)));

    assertThat(kind(channel.query(NUMBER))).isEqualTo(expected);
    assertThat(kind(channel.instruct(NUMBER, stored()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "400, PARAM_ERROR, UNLISTED_CODE",
    "400, INVALID_REQUEST, UNLISTED_CODE",
    "401, SIGN_ERROR, UNLISTED_CODE",
    "403, NO_AUTH, UNLISTED_CODE",
    "403, NOT_ENOUGH, CHANNEL_ERROR",
    "403, ALREADY_EXISTS, UNLISTED_CODE",
    "404, NOT_FOUND, UNLISTED_CODE",
    "403, FREQUENCY_LIMIT_EXCEED, THROTTLED",
    "429, RATELIMIT_EXCEEDED, THROTTLED",
    "500, SYSTEM_ERROR, CHANNEL_ERROR",
    "400, SYSTEM_ERROR, CHANNEL_ERROR",
    "202, NEVER_HEARD_OF, UNLISTED_CODE"
  })
  void noErrorEndsATransfer(int status, String code, String expected) {
    peer.answer(request -> signed(status, "{\"code\":\"%s\",\"message\":\"m\"}".formatted(code)));

    assertThat(kind(channel.instruct(NUMBER, stored()))).isEqualTo(expected);
  }

  @Test
  void notFoundIsOneOnlyInASignedAnswerToAQuery() {
    String notFound = "{\"code\":\"NOT_FOUND\",\"message\":\"记录不存在\"}";
    peer.answer(request -> signed(404, notFound));
    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.NOT_FOUND, "NOT_FOUND"));

    peer.answer(request -> signed(400, notFound));
    assertThat(kind(channel.query(NUMBER))).isEqualTo("UNLISTED_CODE");
    peer.answer(request -> new Said(404, Map.of("Content-Type", "application/json"), notFound));
    assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "HTTP_404_UNSIGNED"));
  }

  @Test
  void aReplyMustBeAboutThisTransferOfOurs() {
    for (String other :
        List.of(
            bill("SUCCESS", null).replace(NUMBER, "0193f3a0c0de7000800000000000bee0"),
            bill("SUCCESS", null).replace(WechatTestSettings.MCH_ID, "1900000999"),
            bill("SUCCESS", null).replace(WechatTestSettings.APP_ID, "wx0000000000000000"))) {
      peer.answer(request -> signed(200, other));
      assertThat(channel.query(NUMBER)).isEqualTo(new Unknown(Why.UNVERIFIED, "OTHER_REQUEST"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"50000\"", "500.5", "-1", "0", "1e3", "99999999999999999999", "null"})
  void takesNoPaymentOfAnUnreadableAmount(String amount) {
    peer.answer(
        request ->
            signed(
                200,
                bill("SUCCESS", null)
                    .replace("\"transfer_amount\":50000", "\"transfer_amount\":" + amount)));

    assertThat(kind(channel.query(NUMBER))).isNotEqualTo("Paid");
  }

  @Test
  void refusesTheProbesThatWeChatPaySends() {
    Said genuine = signed(200, "{}");
    Map<String, String> headers = new HashMap<>(genuine.headers());
    headers.put(
        "Wechatpay-Signature",
        "WECHATPAY/SIGNTEST/" + genuine.headers().get("Wechatpay-Signature"));

    assertThat(channel.verify(callback(new Said(200, headers, "{}"))))
        .isEqualTo(new CallbackVerdict.Rejected("probe"));
    assertThat(channel.reply(false).status()).isEqualTo(401);
    assertThat(channel.reply(false).body()).contains("FAIL");
    assertThat(channel.reply(true).status()).isEqualTo(200);
  }

  @Test
  void refusesASignedNotificationThatIsntAFinishedTransferForUs() {
    assertThat(channel.verify(callback(signed(200, "{}"))))
        .isEqualTo(new CallbackVerdict.Rejected("signed, but not about a finished transfer"));
    assertThat(
            channel.verify(
                callback(
                    signed(
                        200,
                        """
                        {"event_type":"MCHTRANSFER.BILL.FINISHED","resource":{\
                        "algorithm":"AEAD_AES_256_GCM","nonce":"fdasflkja484",\
                        "associated_data":"x","ciphertext":"AAAA"}}\
                        """))))
        .isEqualTo(new CallbackVerdict.Rejected("its resource isn't encrypted with our APIv3 key"));
  }

  @Test
  void aTransferBeingWithdrawnIsHeldUntilItIs(@TempDir Path folder) throws Exception {
    SimulatedBank bank =
        new SimulatedBank(
                SimulatorSettings.local(
                    folder.resolve("journal.jsonl"), "M-1", "0123456789abcdef", "0123456789abcdef"),
                Clock.systemUTC())
            .speak(
                new WechatSimulation(
                    WechatTestSettings.MCH_ID,
                    WechatTestSettings.APP_ID,
                    WechatTestSettings.SERIAL,
                    WechatTestSettings.MERCHANT.getPublic(),
                    PLATFORM_SERIAL,
                    PLATFORM.getPrivate(),
                    WechatTestSettings.APIV3_KEY,
                    null));
    bank.start();
    try (bank;
        BankControl control = new BankControl(bank.url());
        WechatChannel real = channel(bank.url().resolve("/wechat"), WechatTestSettings.keys())) {
      control.fault("KEEP_PROCESSING");
      assertThat(real.cancel(NUMBER)).isInstanceOf(Unknown.class);
      assertThat(real.instruct(NUMBER, stored())).isInstanceOf(Outcome.Accepted.class);

      assertThat(real.cancel(NUMBER)).isInstanceOf(Outcome.Accepted.class);

      Eventually.until("withdrawn", () -> real.query(NUMBER) instanceof Outcome.Refused);
      assertThat(real.query(NUMBER))
          .isEqualTo(new Outcome.Refused("CANCELLED", "withdrawn before it was paid", false));
      assertThat(control.timesPaid(NUMBER)).isZero();
    }
  }

  @Test
  void refusesWhatItCannotSend() {
    assertThatThrownBy(() -> channel.query("../x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> channel.instruct(NUMBER, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    PayoutInstruction card =
        new PayoutInstruction(
            NUMBER,
            Money.ofMinor(1, "CNY"),
            "CARD",
            "6222081234561234",
            null,
            null,
            null,
            Instant.EPOCH);
    assertThatThrownBy(() -> channel.prepare(card))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("6222");
  }

  @Test
  void wantsTlsUnlessItIsOnThisMachine() {
    assertThatThrownBy(
            () ->
                WechatTestSettings.of(
                    URI.create("http://wechat.example"),
                    WechatTestSettings.keys(),
                    Duration.ofSeconds(1)))
        .hasMessageContaining("https");
  }

  @Test
  void showsNoKey() {
    assertThat(channel.toString() + WechatTestSettings.keys())
        .contains(PLATFORM_SERIAL)
        .doesNotContain(WechatTestSettings.APIV3_KEY);
  }

  private byte[] stored() {
    return channel.prepare(instruction(50_000, null));
  }

  private static WechatChannel channel(URI url, WechatKeys keys) {
    return new WechatChannel(
        WechatTestSettings.of(url, keys, Duration.ofSeconds(2)), Clock.systemUTC());
  }

  private static PayoutInstruction instruction(long fen, @Nullable String note) {
    return new PayoutInstruction(
        NUMBER, Money.ofMinor(fen, "CNY"), "WECHAT", OPENID, "张三", null, note, Instant.EPOCH);
  }

  private static String bill(String state, @Nullable String reason) {
    return """
    {"mch_id":"%s","out_bill_no":"%s","transfer_bill_no":"1330","appid":"%s","state":"%s",\
    "transfer_amount":50000,"openid":"%s"%s}\
    """
        .formatted(
            WechatTestSettings.MCH_ID,
            NUMBER,
            WechatTestSettings.APP_ID,
            state,
            OPENID,
            reason == null ? "" : ",\"fail_reason\":\"" + reason + "\"");
  }

  private static Said signed(int status, String body) {
    return signed(status, body, PLATFORM_SERIAL, PLATFORM);
  }

  /** WeChat Pay's side, by its own SDK. */
  private static Said signed(int status, String body, String serial, KeyPair key) {
    String timestamp = Long.toString(Instant.now().getEpochSecond());
    String signature =
        new RSASigner(serial, key.getPrivate())
            .sign(timestamp + "\nnonce\n" + body + "\n")
            .getSign();
    return new Said(
        status,
        Map.of(
            "Content-Type", "application/json",
            "Wechatpay-Timestamp", timestamp,
            "Wechatpay-Nonce", "nonce",
            "Wechatpay-Serial", serial,
            "Wechatpay-Signature", signature),
        body);
  }

  private static RawCallback callback(Said said) {
    Map<String, List<String>> headers = new HashMap<>();
    said.headers().forEach((name, v) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(v)));
    return new RawCallback("/", headers, said.body().getBytes(StandardCharsets.UTF_8));
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

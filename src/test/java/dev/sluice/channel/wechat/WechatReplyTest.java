package dev.sluice.channel.wechat;

import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM;
import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM_SERIAL;
import static dev.sluice.channel.wechat.WechatTestSigner.signed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.HandOver;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.channel.TestRsa;
import dev.sluice.money.Money;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What WeChat Pay's replies mean, and what is no reply of WeChat Pay's. */
class WechatReplyTest {
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
  void handsOnWhatTheUsersAppNeedsWhileTheUserMustConfirm() {
    String reply =
        """
        {"out_bill_no":"%s","transfer_bill_no":"1330","state":"%s","package_info":"%s"}\
        """;
    peer.answer(
        request ->
            signed(200, reply.formatted(NUMBER, "WAIT_USER_CONFIRM", "affffddafdfafddffda==")));
    Outcome.Accepted waits = (Outcome.Accepted) channel.instruct(NUMBER, stored());
    assertThat(waits.handOver())
        .isEqualTo(new HandOver("affffddafdfafddffda==", Duration.ofHours(24)));
    assertThat(waits.toString()).doesNotContain("affffdda");

    for (String state : List.of("ACCEPTED", "PROCESSING", "TRANSFERING", "CANCELING")) {
      peer.answer(request -> signed(200, reply.formatted(NUMBER, state, "affffddafdfafddffda==")));
      assertThat(channel.instruct(NUMBER, stored())).isEqualTo(new Outcome.Accepted("1330"));
    }
    for (String unfit : List.of("", "a\\u0000b", "x".repeat(4_097))) {
      peer.answer(request -> signed(200, reply.formatted(NUMBER, "WAIT_USER_CONFIRM", unfit)));
      assertThat(channel.instruct(NUMBER, stored())).isEqualTo(new Outcome.Accepted("1330"));
    }
  }

  private byte[] stored() {
    return channel.prepare(
        new PayoutInstruction(
            NUMBER,
            Money.ofMinor(50_000, "CNY"),
            "WECHAT",
            OPENID,
            "张三",
            null,
            null,
            Instant.EPOCH));
  }

  private static WechatChannel channel(URI url, WechatKeys keys) {
    return new WechatChannel(
        WechatTestSettings.of(url, keys, Duration.ofSeconds(2)), Clock.systemUTC());
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

  private static String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "Accepted";
      case Outcome.Paid ignored -> "Paid";
      case Outcome.Refused refused -> refused.beneficiaryAtFault() ? "Refused for ever" : "Refused";
      case Outcome.Unknown unknown -> unknown.why().name();
    };
  }
}

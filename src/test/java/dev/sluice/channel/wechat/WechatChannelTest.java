package dev.sluice.channel.wechat;

import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM;
import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM_SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
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
  void refusesTheProbesThatWeChatPaySends() {
    Said genuine = WechatTestSigner.signed(200, "{}");
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
    assertThat(channel.verify(callback(WechatTestSigner.signed(200, "{}"))))
        .isEqualTo(new CallbackVerdict.Rejected("signed, but not about a finished transfer"));
    assertThat(
            channel.verify(
                callback(
                    WechatTestSigner.signed(
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

  private static RawCallback callback(Said said) {
    Map<String, List<String>> headers = new HashMap<>();
    said.headers().forEach((name, v) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(v)));
    return new RawCallback("/", headers, said.body().getBytes(StandardCharsets.UTF_8));
  }
}

package dev.sluice.channel.wechat;

import static dev.sluice.channel.wechat.WechatTestSettings.APIV3_KEY;
import static dev.sluice.channel.wechat.WechatTestSettings.MCH_ID;
import static dev.sluice.channel.wechat.WechatTestSettings.MERCHANT;
import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM;
import static dev.sluice.channel.wechat.WechatTestSettings.PLATFORM_SERIAL;
import static dev.sluice.channel.wechat.WechatTestSettings.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.cipher.AeadAesCipher;
import com.wechat.pay.java.core.cipher.RSAPrivacyDecryptor;
import com.wechat.pay.java.core.cipher.RSASigner;
import com.wechat.pay.java.core.cipher.RSAVerifier;
import com.wechat.pay.java.core.http.DefaultHttpClientBuilder;
import com.wechat.pay.java.core.http.HttpClient;
import com.wechat.pay.java.core.http.HttpMethod;
import com.wechat.pay.java.core.http.HttpRequest;
import com.wechat.pay.java.core.http.JsonRequestBody;
import com.wechat.pay.java.core.notification.NotificationParser;
import com.wechat.pay.java.core.notification.RSAPublicKeyNotificationConfig;
import com.wechat.pay.java.core.notification.RequestParam;
import dev.sluice.channel.CallbackReceiver;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.HandOver;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.PemReader;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestPeer.Asked;
import dev.sluice.channel.TestPeer.Said;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.channel.simulator.WechatSimulation;
import dev.sluice.money.Money;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WeChat Pay's own SDK at the other end, so that one hand didn't write both. */
class WechatSdkTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String BILLS = "/v3/fund-app/mch-transfer/transfer-bills";
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "WECHATPAY2-SHA256-RSA2048 mchid=\"(.*?)\",nonce_str=\"(.*?)\",signature=\"(.*?)\","
              + "timestamp=\"(.*?)\",serial_no=\"(.*?)\"");

  @Test
  void theSdkVerifiesWhatWeSignAndWeWhatItSigns() throws IOException {
    try (TestPeer peer = new TestPeer();
        WechatChannel channel = channel(peer.url())) {
      peer.answer(
          request ->
              signed(
                  200,
                  "{\"out_bill_no\":\"%s\",\"transfer_bill_no\":\"1330\",\"state\":\"WAIT_USER_CONFIRM\",\"package_info\":\"中文\"}"
                      .formatted(NUMBER)));

      assertThat(channel.instruct(NUMBER, channel.prepare(instruction(50_000))))
          .isEqualTo(new Outcome.Accepted("1330", new HandOver("中文", Duration.ofHours(24))));
      assertThat(channel.query(NUMBER)).isInstanceOf(Outcome.Unknown.class); // names no merchant

      assertThat(peer.asked()).hasSize(2).allSatisfy(WechatSdkTest::assertSignedByUs);
    }
  }

  @Test
  void theSdkReadsTheNameThatWeEncryptWithTheKeyThatWeSay() throws IOException {
    try (TestPeer peer = new TestPeer();
        WechatChannel channel = channel(peer.url())) {
      var _ = channel.instruct(NUMBER, channel.prepare(instruction(200_000)));

      Asked asked = peer.asked().getFirst();
      WechatMessage body = Objects.requireNonNull(WechatMessage.read(asked.body()));
      assertThat(new RSAPrivacyDecryptor(PLATFORM.getPrivate()).decrypt(body.text("user_name")))
          .isEqualTo("张三");
      assertThat(asked.headers()).containsEntry("wechatpay-serial", PLATFORM_SERIAL);
      assertSignedByUs(asked);
    }
  }

  @Test
  void weReadTheNotificationThatTheSdkSignsAndEncrypts() {
    try (WechatChannel channel = channel(URI.create("http://127.0.0.1:1"))) {
      String bill =
          """
          {"mch_id":"%s","out_bill_no":"%s","transfer_bill_no":"1330","appid":"%s",\
          "state":"SUCCESS","transfer_amount":50000,"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",\
          "update_time":"2026-01-02T12:00:00+08:00"}\
          """
              .formatted(MCH_ID, NUMBER, WechatTestSettings.APP_ID);
      AeadAesCipher cipher = new AeadAesCipher(APIV3_KEY.getBytes(StandardCharsets.UTF_8));
      String ciphertext = cipher.encrypt(bytes("mch_payment"), bytes("fdasflkja484"), bytes(bill));
      Said said =
          signed(
              200,
              """
              {"id":"EV-1","event_type":"MCHTRANSFER.BILL.FINISHED","resource":{\
              "algorithm":"AEAD_AES_256_GCM","ciphertext":"%s","associated_data":"mch_payment",\
              "nonce":"fdasflkja484","original_type":"mch_payment"}}\
              """
                  .formatted(ciphertext));

      assertThat(channel.verify(callback(said)))
          .isEqualTo(
              new CallbackVerdict.Verified(
                  NUMBER,
                  new ChannelEvent.Reported(
                      new Outcome.Paid(Money.ofMinor(50_000, "CNY"), "oUpF8u******eS6o", "1330")),
                  "SUCCESS"));
    }
  }

  @Test
  void theSdkPaysAndAsksThroughTheSimulatedBankAndReadsItsNotification(@TempDir Path folder)
      throws IOException {
    try (CallbackReceiver receiver = new CallbackReceiver("");
        SimulatedBank bank = bank(folder)) {
      bank.start();
      bank.sendCallbacksTo(receiver.url());
      String base = bank.url() + "/wechat" + BILLS;

      Bill created =
          sdk()
              .execute(
                  new HttpRequest.Builder()
                      .httpMethod(HttpMethod.POST)
                      .url(base)
                      .addHeader("Accept", "application/json")
                      .addHeader("Content-Type", "application/json")
                      .addHeader("Wechatpay-Serial", PLATFORM_SERIAL)
                      .body(new JsonRequestBody.Builder().body(instructionBody()).build())
                      .build(),
                  Bill.class)
              .getServiceResponse();
      assertThat(created.state).isEqualTo("WAIT_USER_CONFIRM");

      Bill told = notification(receiver.await(1).getFirst());
      assertThat(told.out_bill_no).isEqualTo(NUMBER);
      assertThat(told.state).isEqualTo("SUCCESS");
      assertThat(told.transfer_amount).isEqualTo(200_000L);

      Bill queried =
          sdk()
              .execute(
                  new HttpRequest.Builder()
                      .httpMethod(HttpMethod.GET)
                      .url(base + "/out-bill-no/" + NUMBER)
                      .addHeader("Accept", "application/json")
                      .build(),
                  Bill.class)
              .getServiceResponse();
      assertThat(queried.state).isEqualTo("SUCCESS");
    }
  }

  /** From the SDK's tests: AeadAesCipherTest. */
  @Test
  void decryptsThePublishedCiphertext() {
    byte[] plain =
        WechatCipher.decrypt(
            APIV3_KEY, "associatedData", "uluk4a9R25RW", "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=");

    assertThat(plain).isEqualTo(bytes("message"));
  }

  /** From the SDK's tests: RSAVerifierTest and its merchant_certificate.pem. */
  @Test
  void verifiesThePublishedSignatureAndNoOther() throws IOException {
    String pem = resource("/channel/wechat-sdk-merchant.pem");
    String signature =
        "Rq+5ZpWV6IHTWE1+9gCrYJKguNgbItpMdlIA+PVCPCdUAKNlohZz7CL7Y8xWDIFJjdGnErMj6Z+Q/h9CF5MV+nAV"
            + "kqDmBR0uP5ppsUEzco4ijvKHsvI2ro4boSW6vSfQs3W8I4QSI9a0/NFIgvj83Fv27LIYZf7deaFWmEwd1fp"
            + "AeJRCyoKyBeJPdsjVx0//Lqe6Wze2zVdliLcBvaHCfpd8+rAVGS+FQDeWgHqJ7n/Zy09LmV1/ghs7pO1mdj"
            + "dD16SHKlysAD3K5hNGUJX/SHrEXEcu1yO1AOb/YvOVkjNh8243rcfXNE5L4ph2XS11vS+2aToKYSOcKUagf"
            + "0LLaw==";
    var key = PemReader.publicKey(pem, "merchant");

    assertThat(WechatSignature.verifies(key, bytes("message"), signature)).isTrue();
    assertThat(WechatSignature.verifies(key, bytes("Message"), signature)).isFalse();
    assertThat(WechatSignature.verifies(PLATFORM.getPublic(), bytes("message"), signature))
        .isFalse();
  }

  private static void assertSignedByUs(Asked asked) {
    Matcher parts = AUTHORIZATION.matcher(asked.headers().getOrDefault("authorization", ""));
    assertThat(parts.matches()).isTrue();
    assertThat(parts.group(1)).isEqualTo(MCH_ID);
    assertThat(parts.group(5)).isEqualTo(SERIAL);
    String message =
        "%s\n%s\n%s\n%s\n%s\n"
            .formatted(
                asked.method(),
                asked.uri().getRawPath(),
                parts.group(4),
                parts.group(2),
                asked.text());
    assertThat(
            new RSAVerifier(MERCHANT.getPublic(), SERIAL).verify(SERIAL, message, parts.group(3)))
        .isTrue();
  }

  private static Said signed(int status, String body) {
    String timestamp = Long.toString(Instant.now().getEpochSecond());
    String message = timestamp + "\nnonce\n" + body + "\n";
    String signature =
        new RSASigner(PLATFORM_SERIAL, PLATFORM.getPrivate()).sign(message).getSign();
    return new Said(
        status,
        Map.of(
            "Wechatpay-Timestamp", timestamp,
            "Wechatpay-Nonce", "nonce",
            "Wechatpay-Serial", PLATFORM_SERIAL,
            "Wechatpay-Signature", signature),
        body);
  }

  private static RawCallback callback(Said said) {
    Map<String, List<String>> headers = new HashMap<>();
    said.headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    return new RawCallback("/", headers, bytes(said.body()));
  }

  private static Bill notification(RawCallback callback) {
    RequestParam request =
        new RequestParam.Builder()
            .serialNumber(callback.header("wechatpay-serial"))
            .nonce(callback.header("wechatpay-nonce"))
            .timestamp(callback.header("wechatpay-timestamp"))
            .signature(callback.header("wechatpay-signature"))
            .signType(callback.header("wechatpay-signature-type"))
            .body(new String(callback.body(), StandardCharsets.UTF_8))
            .build();
    return new NotificationParser(
            new RSAPublicKeyNotificationConfig.Builder()
                .publicKey(PLATFORM.getPublic())
                .publicKeyId(PLATFORM_SERIAL)
                .apiV3Key(APIV3_KEY)
                .build())
        .parse(request, Bill.class);
  }

  /** The SDK looks headers up by their exact case, which the JDK's server doesn't keep. */
  private static HttpClient sdk() {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  Response response = chain.proceed(chain.request());
                  Response.Builder renamed = response.newBuilder();
                  for (String name : List.of("Timestamp", "Nonce", "Serial", "Signature")) {
                    String header = response.header("Wechatpay-" + name);
                    if (header != null) {
                      renamed.removeHeader("Wechatpay-" + name);
                      renamed.addHeader("Wechatpay-" + name, header);
                    }
                  }
                  return renamed.build();
                })
            .build();
    return new DefaultHttpClientBuilder()
        .config(
            new RSAPublicKeyConfig.Builder()
                .merchantId(MCH_ID)
                .merchantSerialNumber(SERIAL)
                .privateKey(MERCHANT.getPrivate())
                .publicKey(PLATFORM.getPublic())
                .publicKeyId(PLATFORM_SERIAL)
                .apiV3Key(APIV3_KEY)
                .build())
        .okHttpClient(http)
        .build();
  }

  private static SimulatedBank bank(Path folder) {
    return new SimulatedBank(
            SimulatorSettings.local(
                folder.resolve("journal.jsonl"), "M-1", "0123456789abcdef", "0123456789abcdef"),
            Clock.systemUTC())
        .speak(
            new WechatSimulation(
                MCH_ID,
                WechatTestSettings.APP_ID,
                SERIAL,
                MERCHANT.getPublic(),
                PLATFORM_SERIAL,
                PLATFORM.getPrivate(),
                APIV3_KEY,
                null));
  }

  private static WechatChannel channel(URI url) {
    return new WechatChannel(
        WechatTestSettings.of(url, WechatTestSettings.keys(), Duration.ofSeconds(2)),
        Clock.systemUTC());
  }

  private static PayoutInstruction instruction(long fen) {
    return new PayoutInstruction(
        NUMBER,
        Money.ofMinor(fen, "CNY"),
        "WECHAT",
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "张三",
        null,
        null,
        Instant.EPOCH);
  }

  private static String instructionBody() {
    try (WechatChannel channel = channel(URI.create("http://127.0.0.1:1"))) {
      return new String(
          WechatRequest.read(channel.prepare(instruction(200_000))).body(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = WechatSdkTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What the SDK's reader of JSON fills in. */
  @SuppressWarnings({"NullAway", "UnusedVariable", "MemberName"})
  private static final class Bill {
    String out_bill_no;
    String state;
    Long transfer_amount;
  }
}

package dev.sluice.channel.alipay;

import static dev.sluice.channel.alipay.AlipayTestSettings.ALIPAY;
import static dev.sluice.channel.alipay.AlipayTestSettings.APP;
import static dev.sluice.channel.alipay.AlipayTestSettings.APP_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.api.AlipayApiException;
import com.alipay.api.AlipayConfig;
import com.alipay.api.DefaultAlipayClient;
import com.alipay.api.internal.util.AlipaySignature;
import com.alipay.api.internal.util.AntCertificationUtil;
import com.alipay.api.request.AlipayFundTransCommonQueryRequest;
import com.alipay.api.request.AlipayFundTransUniTransferRequest;
import dev.sluice.channel.CallbackReceiver;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.PemReader;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.TestPeer;
import dev.sluice.channel.TestRsa;
import dev.sluice.channel.simulator.AlipaySimulation;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.money.Money;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alipay's own SDK at the other end, so that one hand didn't write both. */
class AlipaySdkTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String UTF_8 = "utf-8";
  private static final String RSA2 = "RSA2";
  private static final String APP_PUBLIC = TestRsa.base64(APP.getPublic());
  private static final String ALIPAY_PUBLIC = TestRsa.base64(ALIPAY.getPublic());
  private static final String ALIPAY_PRIVATE = TestRsa.base64(ALIPAY.getPrivate());

  /** SN of Alipay's root certificates, as found in each of its customers' requests. */
  private static final String PUBLISHED_ROOT_SN =
      "687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6";

  @Test
  void theSdkVerifiesWhatWeSignAndWeWhatItSigns() throws Exception {
    try (TestPeer peer = new TestPeer();
        AlipayChannel channel = channel(peer, AlipayTestSettings.publicKeyMode())) {
      String node =
          """
          {"code":"10000","msg":"Success","out_biz_no":"%s", "order_id":"2026",\
          "status":"SUCCESS","note":"中文 \\"sign\\":\\"x\\" }"}\
          """
              .formatted(NUMBER);
      peer.answer(request -> reply("alipay_fund_trans_uni_transfer_response", node));

      Outcome outcome = channel.instruct(NUMBER, channel.prepare(instruction()));

      Map<String, String> sent = peer.asked().getFirst().parameters();
      assertThat(AlipaySignature.rsaCheckV2(new TreeMap<>(sent), APP_PUBLIC, UTF_8, RSA2)).isTrue();
      assertThat(outcome).isEqualTo(new Outcome.Paid(null, null, "2026"));
    }
  }

  @Test
  void weReadTheMessageThatTheSdkSignsInEitherWayAndCharset() throws Exception {
    try (TestPeer peer = new TestPeer();
        AlipayChannel channel = channel(peer, AlipayTestSettings.publicKeyMode())) {
      for (String charset : List.of("UTF-8", "GBK")) {
        Map<String, String> message = message(charset);
        String v1 = AlipaySignature.getSignCheckContentV1(new TreeMap<>(message));
        String v2 = AlipaySignature.getSignCheckContentV2(new TreeMap<>(message));
        for (String content : List.of(v1, v2)) {
          message.put("sign", AlipaySignature.rsaSign(content, ALIPAY_PRIVATE, charset, RSA2));

          CallbackVerdict verdict = channel.verify(callback(message, charset));

          assertThat(verdict)
              .isEqualTo(
                  new CallbackVerdict.Verified(
                      NUMBER,
                      new ChannelEvent.Reported(
                          new Outcome.Refused("PAYEE_NOT_EXIST", "收款方不存在", true)),
                      "FAIL PAYEE_NOT_EXIST"));
        }
      }
    }
  }

  @Test
  void theSdkPaysAndAsksThroughTheSimulatedBankAndVerifiesItsMessage(@TempDir Path folder)
      throws Exception {
    try (CallbackReceiver receiver = new CallbackReceiver("success");
        SimulatedBank bank = bank(folder, null)) {
      bank.start();
      bank.sendCallbacksTo(receiver.url());
      DefaultAlipayClient client =
          new DefaultAlipayClient(
              gateway(bank),
              APP_ID,
              TestRsa.base64(APP.getPrivate()),
              "json",
              UTF_8,
              ALIPAY_PUBLIC,
              RSA2);

      assertPaidBySdk(client);

      Map<String, String> message = form(receiver.await(1).getFirst());
      assertThat(AlipaySignature.rsaCheckV1(message, ALIPAY_PUBLIC, UTF_8, RSA2)).isTrue();
    }
  }

  @Test
  void theSdkWorksWithTheSimulatedBankInCertificateModeToo(@TempDir Path folder) throws Exception {
    var serials = Objects.requireNonNull(AlipayTestSettings.certificateMode().certificates());
    try (SimulatedBank bank =
        bank(
            folder,
            new AlipaySimulation.Certificates(serials.app(), serials.root(), serials.alipay()))) {
      bank.start();
      AlipayConfig config = new AlipayConfig();
      config.setServerUrl(gateway(bank));
      config.setAppId(APP_ID);
      config.setPrivateKey(TestRsa.base64(APP.getPrivate()));
      config.setAppCertContent(pem(AlipayTestSettings.APP_CERTIFICATE.getEncoded()));
      config.setAlipayPublicCertContent(pem(AlipayTestSettings.ALIPAY_CERTIFICATE.getEncoded()));
      config.setRootCertContent(pem(AlipayTestSettings.ROOT.getEncoded()));

      DefaultAlipayClient client = new DefaultAlipayClient(config);
      AlipayFundTransUniTransferRequest transfer = new AlipayFundTransUniTransferRequest();
      transfer.setBizContent(content());
      var paid = client.certificateExecute(transfer);

      assertThat(paid.getStatus()).as(paid.getBody()).isEqualTo("DEALING");
    }
  }

  @Test
  void reckonsSerialNumbersAsTheSdkDoes() throws Exception {
    for (var certificate :
        List.of(
            AlipayTestSettings.ROOT,
            AlipayTestSettings.ALIPAY_CERTIFICATE,
            AlipayTestSettings.APP_CERTIFICATE)) {
      assertThat(AlipayKeys.serialNumber(certificate))
          .isEqualTo(AntCertificationUtil.getCertSN(certificate));
    }
  }

  @Test
  void reckonsThePublishedSerialNumberOfAlipaysRoots() throws IOException {
    String roots = resource("/channel/alipay-root.crt");

    assertThat(AlipayKeys.rootSerialNumber(PemReader.certificates(roots, "roots")))
        .isEqualTo(PUBLISHED_ROOT_SN)
        .isEqualTo(AntCertificationUtil.getRootCertSN(roots));
  }

  @Test
  void takesNoCertificateFromElsewhereAndNoneOutOfDate() {
    var strange =
        AlipayTestSettings.certificate(
            "C=CN, CN=支付宝",
            ALIPAY,
            AlipayTestSettings.ROOT.getSubjectX500Principal().getName(),
            TestRsa.of("another root"),
            false);
    var expired =
        AlipayTestSettings.certificate(
            "C=CN, CN=old",
            ALIPAY,
            AlipayTestSettings.ROOT.getSubjectX500Principal().getName(),
            TestRsa.of("alipay root").getPrivate(),
            false,
            -1);
    for (var certificate : List.of(strange, expired)) {
      assertThatThrownBy(
              () ->
                  AlipayKeys.withCertificates(
                      APP.getPrivate(),
                      AlipayTestSettings.APP_CERTIFICATE,
                      List.of(certificate),
                      List.of(AlipayTestSettings.ROOT),
                      Instant.now()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void assertPaidBySdk(DefaultAlipayClient client) throws AlipayApiException {
    AlipayFundTransUniTransferRequest transfer = new AlipayFundTransUniTransferRequest();
    transfer.setBizContent(content());
    assertThat(client.execute(transfer).getStatus()).isEqualTo("DEALING");
    AlipayFundTransCommonQueryRequest query = new AlipayFundTransCommonQueryRequest();
    query.setBizContent(
        "{\"out_biz_no\":\"%s\",\"product_code\":\"TRANS_ACCOUNT_NO_PWD\",\"biz_scene\":\"DIRECT_TRANSFER\"}"
            .formatted(NUMBER));
    assertThat(client.execute(query).getStatus()).isIn("DEALING", "SUCCESS");
  }

  private static SimulatedBank bank(
      Path folder, AlipaySimulation.@Nullable Certificates certificates) {
    return new SimulatedBank(
            SimulatorSettings.local(
                folder.resolve("journal.jsonl"), "M-1", "0123456789abcdef", "0123456789abcdef"),
            Clock.systemUTC())
        .speak(
            new AlipaySimulation(APP_ID, APP.getPublic(), ALIPAY.getPrivate(), certificates, null));
  }

  private static String gateway(SimulatedBank bank) {
    return bank.url() + "/alipay/gateway.do";
  }

  private static AlipayChannel channel(TestPeer peer, AlipayKeys keys) {
    return new AlipayChannel(
        AlipayTestSettings.of(peer.url(), keys, Set.of("ALIPAY"), Duration.ofSeconds(2)),
        Clock.systemUTC());
  }

  /** A reply as the gateway writes it, signed by the SDK. */
  private static TestPeer.Said reply(String name, String node) {
    try {
      String sign = AlipaySignature.rsaSign(node, ALIPAY_PRIVATE, UTF_8, RSA2);
      return new TestPeer.Said(
          200, Map.of(), "{\"%s\": %s,\"sign\":\"%s\"}".formatted(name, node, sign));
    } catch (AlipayApiException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> message(String charset) {
    Map<String, String> message = new TreeMap<>();
    message.put("app_id", APP_ID);
    message.put("msg_method", "alipay.fund.trans.order.changed");
    message.put("charset", charset);
    message.put("version", "1.1");
    message.put("utc_timestamp", Long.toString(System.currentTimeMillis()));
    message.put("notify_id", "d275fec564e62af6bedbcee73f3f05fi5x");
    message.put("sign_type", RSA2);
    message.put(
        "biz_content",
        """
        {"out_biz_no":"%s","order_id":"2026","status":"FAIL","error_code":"PAYEE_NOT_EXIST",\
        "fail_reason":"收款方不存在"}\
        """
            .formatted(NUMBER));
    return message;
  }

  private static RawCallback callback(Map<String, String> parameters, String charset) {
    String form =
        parameters.entrySet().stream()
            .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), Charset.forName(charset)))
            .collect(Collectors.joining("&"));
    return new RawCallback("/", Map.of(), form.getBytes(StandardCharsets.US_ASCII));
  }

  private static Map<String, String> form(RawCallback callback) {
    return new TreeMap<>(
        Objects.requireNonNull(AlipayForm.decode(callback.body(), StandardCharsets.UTF_8)));
  }

  private static PayoutInstruction instruction() {
    return new PayoutInstruction(
        NUMBER,
        Money.ofMinor(50_000, "CNY"),
        "ALIPAY",
        "someone@example.com",
        "张三",
        null,
        null,
        Instant.EPOCH);
  }

  private static String content() {
    try (AlipayChannel channel =
        new AlipayChannel(
            AlipayTestSettings.of(
                URI.create("http://127.0.0.1:1"),
                AlipayTestSettings.publicKeyMode(),
                Set.of("ALIPAY"),
                Duration.ofSeconds(1)),
            Clock.systemUTC())) {
      return Objects.requireNonNull(
          Objects.requireNonNull(
                  AlipayForm.decode(channel.prepare(instruction()), StandardCharsets.UTF_8))
              .get("biz_content"));
    }
  }

  private static String pem(byte[] certificate) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = AlipaySdkTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

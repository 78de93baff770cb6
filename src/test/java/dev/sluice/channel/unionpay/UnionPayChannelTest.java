package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.channel.simulator.UnionPaySimulation;
import dev.sluice.money.Money;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnionPayChannelTest {
  private static final String NUMBER = "019b7c1f3b4a7000800000000000abcd";
  private static final String ACCOUNT = "6222081234567891234";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private final TestPki pki = TestPki.SHARED;

  @Test
  void thePreparedFormIsWhatTheInterfaceAsksFor() {
    try (UnionPayChannel channel = channel("http://127.0.0.1:1", false)) {
      UnionPayMessage form = read(channel.prepare(instruction("张三 & {Söhne}")));

      String signed = form.signed();
      assertThat(signed)
          .startsWith("accNo=6222081234567891234&accType=01&accessType=0&backUrl=https://")
          .contains("&bizType=000401&certId=", "&channelType=07&currencyCode=156&customerInfo=")
          .contains("&encoding=UTF-8&merId=777290058110048&orderId=" + NUMBER + "&signMethod=01&")
          .endsWith("&txnAmt=50000&txnSubType=00&txnTime=20260102083300&txnType=12&version=5.1.0");
      assertThat(
              new String(
                  java.util.Base64.getDecoder()
                      .decode(Objects.requireNonNull(form.get("customerInfo"))),
                  StandardCharsets.UTF_8))
          .isEqualTo("{customerNm=张三    Söhne}");
      assertThat(channel.toString()).doesNotContain("BEGIN");
    }
  }

  @Test
  void theTimeOfTheTransactionIsThatInTheRequestNumber() {
    assertThat(UnionPayChannel.txnTime(NUMBER)).isEqualTo("20260102083300");
    assertThatThrownBy(() -> UnionPayChannel.txnTime("M-1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCardNumberIsEncryptedWhereUnionPayWantsIt(@TempDir Path folder) {
    try (SimulatedBank bank = bank(folder);
        BankControl control = new BankControl(bank.url());
        UnionPayChannel channel = channel(bank.url() + "/unionpay", true)) {
      byte[] request = channel.prepare(instruction("张三"));

      assertThat(new String(request, StandardCharsets.UTF_8)).doesNotContain(ACCOUNT);
      assertThat(channel.instruct(NUMBER, request)).isInstanceOf(Outcome.Accepted.class);
      Eventually.until("paid", () -> control.timesPaid(NUMBER) == 1);
      Outcome.Paid paid = (Outcome.Paid) channel.query(NUMBER);
      assertThat(paid.beneficiary()).isEqualTo("622208******1234");
    }
  }

  @Test
  void aSignerThatIsntPinnedProvesNothing(@TempDir Path folder) {
    var self = TestPki.issue(TestPki.SIGNER, null, false, Duration.ofDays(1), 2_048);
    UnionPaySimulation impostor =
        new UnionPaySimulation(
            UnionPayTestSettings.MERCHANT,
            pki.merchant.certificate(),
            self.keys().getPrivate(),
            self.certificate(),
            null);
    try (SimulatedBank bank = bank(folder, impostor);
        UnionPayChannel channel = channel(bank.url() + "/unionpay", false)) {
      assertThat(channel.instruct(NUMBER, channel.prepare(instruction(null))))
          .isEqualTo(new Outcome.Unknown(Why.UNVERIFIED, "UNTRUSTED_CERTIFICATE"));
      assertThat(channel.query(NUMBER))
          .isEqualTo(new Outcome.Unknown(Why.UNVERIFIED, "UNTRUSTED_CERTIFICATE"));
    }
  }

  @Test
  void theCertificateOfOneSignerDoesntVouchForAnother() {
    try (UnionPayChannel channel = channel("http://127.0.0.1:1", false)) {
      var other = TestPki.issue(TestPki.SIGNER, pki.middle, false, Duration.ofDays(1), 2_048);
      assertRejected("bad signature", channel, signed(notification(), other));
      assertThat(channel.verify(callback(signed(notification(), pki.signer))))
          .isInstanceOf(CallbackVerdict.Verified.class);
    }
  }

  @Test
  void theAnswerToAnInstructionSentAsANotificationIsNoPayment() {
    try (UnionPayChannel channel = channel("http://127.0.0.1:1", false)) {
      Map<String, String> answer = notification();
      answer.keySet().removeIf(name -> name.startsWith("settle"));

      var verdict = (CallbackVerdict.Verified) channel.verify(callback(signed(answer, pki.signer)));

      assertThat(((ChannelEvent.Reported) verdict.event()).outcome())
          .isEqualTo(new Outcome.Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS"));
    }
  }

  @Test
  void theAnswerToAQueryIsNoNotification() {
    try (UnionPayChannel channel = channel("http://127.0.0.1:1", false)) {
      for (Map.Entry<String, String> other :
          Map.of(
                  "txnType", "00",
                  "merId", "777290058110049",
                  "txnTime", "20260102083301",
                  "orderId", "019b7c1f3b4a7000800000000000abcX",
                  "bizType", "000201")
              .entrySet()) {
        Map<String, String> fields = notification();
        fields.put(other.getKey(), other.getValue());
        assertRejected(
            "for another merchant, transaction or request number",
            channel,
            signed(fields, pki.signer));
      }
    }
  }

  @Test
  void anOlderOrOtherSignatureMethodIsRefused() {
    try (UnionPayChannel channel = channel("http://127.0.0.1:1", false)) {
      for (Map.Entry<String, String> other :
          Map.of("version", "5.0.0", "signMethod", "11", "encoding", "GBK").entrySet()) {
        Map<String, String> fields = notification();
        fields.put(other.getKey(), other.getValue());
        assertRejected("other signature method", channel, signed(fields, pki.signer));
      }
    }
  }

  private static void assertRejected(String reason, UnionPayChannel channel, UnionPayMessage sent) {
    assertThat(channel.verify(callback(sent))).isEqualTo(new CallbackVerdict.Rejected(reason));
  }

  private UnionPayMessage signed(Map<String, String> fields, TestPki.Holder by) {
    fields.put("signPubKeyCert", SignerTrustTest.pem(pki.signer.certificate()));
    SignerTrust unused =
        new SignerTrust(pki.root.certificate(), java.util.List.of(), java.util.Set.of("-"));
    return new UnionPaySignature(by.keys().getPrivate(), unused, Clock.systemUTC())
        .sign(UnionPayMessage.of(fields));
  }

  private static Map<String, String> notification() {
    Map<String, String> fields = new HashMap<>();
    fields.put("version", "5.1.0");
    fields.put("encoding", "UTF-8");
    fields.put("signMethod", "01");
    fields.put("txnType", "12");
    fields.put("bizType", "000401");
    fields.put("merId", UnionPayTestSettings.MERCHANT);
    fields.put("orderId", NUMBER);
    fields.put("txnTime", "20260102083300");
    fields.put("respCode", "00");
    fields.put("queryId", "201601020304050000018");
    fields.put("txnAmt", "50000");
    fields.put("currencyCode", "156");
    fields.put("settleAmt", "50000");
    fields.put("settleCurrencyCode", "156");
    fields.put("settleDate", "0102");
    return fields;
  }

  private static RawCallback callback(UnionPayMessage message) {
    return new RawCallback("/v1/callbacks/unionpay", Map.of(), message.form());
  }

  private static UnionPayMessage read(byte[] form) {
    return Objects.requireNonNull(UnionPayMessage.readForm(form));
  }

  private static PayoutInstruction instruction(@org.jspecify.annotations.Nullable String holder) {
    return new PayoutInstruction(
        NUMBER, Money.ofMinor(50_000, "CNY"), "CARD", ACCOUNT, holder, null, null, Instant.EPOCH);
  }

  private UnionPayChannel channel(String url, boolean encrypts) {
    return new UnionPayChannel(
        UnionPayTestSettings.of(
            URI.create(url), TIMEOUT, encrypts ? pki.signer.certificate() : null),
        Clock.systemUTC());
  }

  private static SimulatedBank bank(Path folder) {
    return bank(folder, UnionPayTestSettings.peer());
  }

  private static SimulatedBank bank(Path folder, UnionPaySimulation peer) {
    SimulatedBank bank =
        new SimulatedBank(
                SimulatorSettings.local(
                    folder.resolve("journal.jsonl"), "M-1", "0123456789abcdef", "0123456789abcdef"),
                Clock.systemUTC())
            .speak(peer);
    bank.start();
    return bank;
  }
}

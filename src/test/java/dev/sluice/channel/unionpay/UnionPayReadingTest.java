package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Money;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnionPayReadingTest {
  private static final Map<String, String> PAID =
      Map.of(
          "respCode", "00",
          "origRespCode", "00",
          "queryId", "201601020304050000018",
          "txnAmt", "50000",
          "currencyCode", "156",
          "settleAmt", "50000",
          "settleCurrencyCode", "156",
          "settleDate", "0102",
          "accNo", "6222081234567891234");

  private final UnionPayReading reading = new UnionPayReading(null);

  @ParameterizedTest
  @ValueSource(strings = {"00", "A6"})
  void aQueryAndANotificationCanSayPaid(String code) {
    Outcome paid =
        new Outcome.Paid(Money.ofMinor(50_000, "CNY"), "622208******1234", "201601020304050000018");

    assertThat(reading.ofQuery(paidBut("origRespCode", code))).isEqualTo(paid);
    assertThat(reading.ofNotification(paidBut("respCode", code))).isEqualTo(paid);
  }

  @Test
  void theAnswerToAnInstructionOnlySaysThatItWasTaken() {
    assertThat(reading.ofInstruction(UnionPayMessage.of(PAID)))
        .isEqualTo(new Outcome.Accepted("201601020304050000018"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "settleAmt",
        "settleCurrencyCode",
        "settleDate",
        "txnAmt",
        "currencyCode",
        "queryId"
      })
  void anInstructionsAnswerPosingAsANotificationIsNoPayment(String missing) {
    assertThat(reading.ofNotification(paidBut(missing, "")))
        .isEqualTo(new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS"));
  }

  @Test
  void whatWasSettledIsWhatWasPaid() {
    Outcome.Paid paid = (Outcome.Paid) reading.ofQuery(paidBut("settleAmt", "49900"));
    assertThat(paid.amount()).isEqualTo(Money.ofMinor(49_900, "CNY"));
    Outcome.Paid dollars = (Outcome.Paid) reading.ofQuery(paidBut("settleCurrencyCode", "840"));
    assertThat(dollars.amount()).isEqualTo(Money.ofMinor(50_000, "USD"));
  }

  @ParameterizedTest
  @CsvSource({
    "6222081234567891234, 622208******1234",
    "622208*********1234, 622208******1234",
    "6222081****67891234, 622208******1234",
    "6222****1234, ",
    "***************1234, "
  })
  void masksTheAccountAsWeDoOrLetsItBe(String account, String masked) {
    Outcome.Paid paid = (Outcome.Paid) reading.ofQuery(paidBut("accNo", account));
    assertThat(paid.beneficiary()).isEqualTo(masked);
  }

  @Test
  void anAccountThatCantBeReadLeavesItUnknown() {
    assertThat(reading.ofQuery(paidBut("accNo", "c2VjcmV0")))
        .isEqualTo(new Unknown(Why.UNREADABLE, "ILLEGIBLE_ACCOUNT"));
  }

  @Test
  void anAccountEncryptedToUsIsRead() {
    TestPki pki = TestPki.SHARED;
    var theirs = new AccountCipher(pki.merchant.certificate(), pki.signer.keys().getPrivate());
    var ours = new AccountCipher(pki.signer.certificate(), pki.merchant.keys().getPrivate());
    Outcome.Paid paid =
        (Outcome.Paid)
            new UnionPayReading(ours)
                .ofQuery(paidBut("accNo", theirs.encrypt("6222081234567891234")));
    assertThat(paid.beneficiary()).isEqualTo("622208******1234");
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "02", "03", "04", "06", "12", "34", "60"})
  void whatTheProviderWantsQueriedIsUnknown(String code) {
    Unknown unknown = new Unknown(Why.CHANNEL_ERROR, code);
    assertThat(reading.ofInstruction(paidBut("respCode", code))).isEqualTo(unknown);
    assertThat(reading.ofNotification(paidBut("respCode", code))).isEqualTo(unknown);
    assertThat(reading.ofQuery(paidBut("origRespCode", code))).isEqualTo(unknown);
  }

  @Test
  void takenAndUnderWayIsAccepted() {
    assertThat(reading.ofQuery(paidBut("origRespCode", "05"))).isInstanceOf(Outcome.Accepted.class);
    assertThat(reading.ofInstruction(paidBut("respCode", "05"))).isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10,false", "11,false", "13,false", "30,false", "31,false", "32,false", "33,false", "38,false",
    "39,false", "62,false", "68,false", "78,false", "61,true", "63,true", "66,true", "73,true"
  })
  void listedRefusalsAreRefusals(String code, boolean beneficiaryAtFault) {
    Outcome refused = new Outcome.Refused(code, "", beneficiaryAtFault);
    assertThat(reading.ofInstruction(paidBut("respCode", code))).isEqualTo(refused);
    assertThat(reading.ofQuery(paidBut("origRespCode", code))).isEqualTo(refused);
    assertThat(reading.ofNotification(paidBut("respCode", code))).isEqualTo(refused);
  }

  @ParameterizedTest
  @ValueSource(strings = {"35", "36", "64", "77", "99", "ZZ", "0", "000", "A7", ""})
  void anythingElseIsUnlisted(String code) {
    assertThat(((Unknown) reading.ofQuery(paidBut("origRespCode", code))).why())
        .isEqualTo(Why.UNLISTED_CODE);
    assertThat(((Unknown) reading.ofInstruction(paidBut("respCode", code))).why())
        .isEqualTo(Why.UNLISTED_CODE);
  }

  @Test
  void aFailedQuerySaysNothingOfThePayout() {
    assertThat(reading.ofQuery(paidBut("respCode", "34")))
        .isEqualTo(new Unknown(Why.NOT_FOUND, "NOT_FOUND"));
    for (String code : new String[] {"10", "11", "31", "63", "A6", ""}) {
      assertThat(reading.ofQuery(paidBut("respCode", code)))
          .matches(outcome -> ((Unknown) outcome).why() == Why.CHANNEL_ERROR);
    }
  }

  @Test
  void refusalsAreToldWithoutLongNumbers() {
    Map<String, String> fields = new HashMap<>(PAID);
    fields.put("respCode", "63");
    fields.put("respMsg", "卡 6222081234567891234 已注销\n[1000063]");
    assertThat(((Outcome.Refused) reading.ofInstruction(UnionPayMessage.of(fields))).detail())
        .isEqualTo("卡 622208******1234 已注销 [1000063]");
  }

  private static UnionPayMessage paidBut(String field, String value) {
    Map<String, String> fields = new HashMap<>(PAID);
    fields.put(field, value);
    return UnionPayMessage.of(fields);
  }
}

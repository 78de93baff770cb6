package dev.sluice.channel.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BankMessageTest {
  private static final String PAID =
      """
      {"merchantId":"M","requestNo":"R","status":"PAID","code":"OK","amount":"500.00",
       "currency":"CNY","account":"622208******1234","bankReference":"BK1"}\
      """;

  @Test
  void readsAPayment() {
    assertThat(read(PAID).outcome())
        .isEqualTo(new Outcome.Paid(Money.ofMinor(50_000, "CNY"), "622208******1234", "BK1"));
    assertThat(read(PAID).isAbout("M", "R")).isTrue();
    assertThat(read(PAID).isAbout("M", "r")).isFalse();
    assertThat(read(PAID).label()).isEqualTo("PAID");
  }

  @Test
  void letsFieldsBeThatItDoesNotKnow() {
    assertThat(
            read(PAID.replace("{\"merchantId\"", "{\"new\":{\"a\":[1]},\"merchantId\"")).outcome())
        .isInstanceOf(Outcome.Paid.class);
  }

  @Test
  void masksAFullNumberWhereverTheBankShowsOne() {
    Outcome.Paid paid =
        (Outcome.Paid) read(PAID.replace("622208******1234", "6222081234561234")).outcome();
    assertThat(paid.beneficiary()).isEqualTo("622208******1234");

    Outcome.Refused refused =
        (Outcome.Refused)
            read("{\"status\":\"REFUSED\",\"code\":\"ACCOUNT_CLOSED\",\"message\":"
                    + "\"card 6222081234561234\\nis closed\"}")
                .outcome();
    assertThat(refused.detail()).isEqualTo("card 622208******1234 is closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"amount\":500.00",
        "\"amount\":null",
        "\"amount\":\"5e2\"",
        "\"amount\":\"-500.00\"",
        "\"amount\":\"500.001\"",
        "\"amount\":\"NaN\"",
        "\"amount\":\"99999999999999999\"",
        "\"amount\":\"0.00\"",
        "\"amount\":\"\""
      })
  void aPaymentWithoutAnExactAmountIsUnreadable(String amount) {
    assertThat(read(PAID.replace("\"amount\":\"500.00\"", amount)).outcome())
        .isEqualTo(new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS"));
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, SYSTEM_ERROR", "REFUSED, DUPLICATE_OTHER_BODY", "REFUSED, NOT_FOUND", "REFUSED, OK",
    "REFUSED, bank_limit", "PAID, BANK_LIMIT", "ACCEPTED, ACCOUNT_CLOSED", "NOT_FOUND, OK",
    "FAILED, BANK_LIMIT", "paid, OK", "'', OK"
  })
  void whatIsNotOnTheListIsUnknown(String status, String code) {
    Outcome outcome = read("{\"status\":\"%s\",\"code\":\"%s\"}".formatted(status, code)).outcome();

    assertThat(outcome).isInstanceOf(Unknown.class);
    assertThat(((Unknown) outcome).why()).isEqualTo(Why.UNLISTED_CODE);
  }

  @ParameterizedTest
  @CsvSource({
    "BANK_LIMIT, false",
    "INSUFFICIENT_BANK_FUNDS, false",
    "CURRENCY_NOT_SUPPORTED, false",
    "AMOUNT_OUT_OF_RANGE, false",
    "UNKNOWN_MERCHANT, false",
    "INVALID_REQUEST, false",
    "ACCOUNT_NOT_FOUND, true",
    "ACCOUNT_CLOSED, true",
    "ACCOUNT_FROZEN, true",
    "NAME_MISMATCH, true"
  })
  void aListedRefusalIsFinal(String code, boolean beneficiaryAtFault) {
    assertThat(read("{\"status\":\"REFUSED\",\"code\":\"%s\"}".formatted(code)).outcome())
        .isEqualTo(new Outcome.Refused(code, "", beneficiaryAtFault));
  }

  @Test
  void aCodeThatIsNotFitToBeShownIsNotShown() {
    assertThat(read("{\"status\":\"REFUSED\",\"code\":\"<script>\"}").outcome())
        .isEqualTo(new Unknown(Why.UNLISTED_CODE, "ILLEGIBLE"));
  }

  @Test
  void aReturnNeedsItsAmountAndReference() {
    String returned =
        PAID.replace("PAID", "RETURNED")
            .replace("}", ",\"returnedAmount\":\"499.00\",\"returnReference\":\"RT1\"}");

    assertThat(read(returned).event())
        .isEqualTo(new ChannelEvent.Returned(Money.ofMinor(49_900, "CNY"), "RT1"));
    assertThat(read(returned).outcome()).isInstanceOf(Outcome.Paid.class);
    assertThat(read(returned.replace("RT1", "")).event()).isNull();
    assertThat(read(returned.replace("499.00", "x")).event()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"PAID\"",
        "<html>",
        "{\"status\":\"PAID\",\"status\":\"REFUSED\"}",
        "{\"status\":\"PAID\"} {}",
        "{\"a\":[[[[[[[[[[1]]]]]]]]]]}",
        "{\"status\":\"PAID\"",
        "{\"a\":1e9999999999999999999999999999999999999999999999999999999999999999999999999}"
      })
  void isOneFlatObjectOfDistinctFieldsOrNothing(String body) {
    assertThat(BankMessage.read(body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  private static BankMessage read(String json) {
    return Objects.requireNonNull(BankMessage.read(json.getBytes(StandardCharsets.UTF_8)));
  }
}

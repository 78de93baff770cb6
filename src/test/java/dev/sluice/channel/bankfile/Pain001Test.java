package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.PayoutInstruction;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Pain001Test {
  private static final String NUMBER = "019b7c1f3b4a7000800000000000abcd";
  private static final String IBAN = "FR1420041010050500013M02606";
  private final Pain001 payments = new Pain001(BankFileTestSettings.of(1, Duration.ofSeconds(1)));

  @Test
  void writesOnePaymentUnderOneNumber() {
    String xml = write("Erika Mustermann", "BNPAFRPP", "Rent & more");

    assertThat(xml)
        .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=")
        .contains("<MsgId>" + NUMBER + "</MsgId><CreDtTm>2026-01-02T23:30:00Z</CreDtTm>")
        .contains("<NbOfTxs>1</NbOfTxs><CtrlSum>500.00</CtrlSum>")
        .contains("<ReqdExctnDt><Dt>2026-01-03</Dt></ReqdExctnDt>")
        .contains("<Nm>Sluice &amp; Söhne GmbH</Nm>")
        .contains("<EndToEndId>" + NUMBER + "</EndToEndId>")
        .contains("<InstdAmt Ccy=\"EUR\">500.00</InstdAmt>")
        .contains("<CdtrAgt><FinInstnId><BICFI>BNPAFRPP</BICFI></FinInstnId></CdtrAgt>")
        .contains("<CdtrAcct><Id><IBAN>" + IBAN + "</IBAN></Id></CdtrAcct>")
        .contains("<Ustrd>Rent &amp; more</Ustrd>");
    assertThat(flaw(xml)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "张三",
        "</Nm><InstdAmt Ccy=\"EUR\">9.00</InstdAmt>",
        "]]>",
        "a\u0000b\u0001\uFFFF\n\tc",
        "   ",
        "💶💶",
        "<!DOCTYPE a>",
        "O'Neill \"Bob\""
      })
  void carriesAnyNameWithoutBreakingTheFile(String name) {
    String xml = write(name, name, name);

    assertThat(flaw(xml)).isNull();
    assertThat(xml).containsOnlyOnce("<InstdAmt ");
  }

  @Test
  void shortensWhatTheFormatCannotHold() {
    String xml = write("x".repeat(139) + "𠮷y", "b".repeat(200), "n".repeat(200));

    assertThat(xml).contains("<Nm>" + "x".repeat(139) + "</Nm>").doesNotContain("n".repeat(141));
    assertThat(flaw(xml)).isNull();
  }

  @Test
  void aCardIsAnotherAccount() {
    byte[] file =
        payments.write(
            new PayoutInstruction(
                NUMBER,
                Money.ofMinor(1, "JPY"),
                "CARD",
                "6222081234567891234",
                null,
                null,
                null,
                Instant.parse("2026-01-02T23:30:00.123Z")));

    assertThat(new String(file, StandardCharsets.UTF_8))
        .contains("<Othr><Id>6222081234567891234</Id></Othr>")
        .contains("<InstdAmt Ccy=\"JPY\">1</InstdAmt>")
        .contains("<Cdtr><Nm>NOTPROVIDED</Nm></Cdtr>")
        .doesNotContain("CdtrAgt", "RmtInf");
    assertThat(Pain001.flaw(file, NUMBER)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<NbOfTxs>1<|<NbOfTxs>2<",
        "<PmtMtd>TRF<|<PmtMtd>CHK<",
        "500.00</InstdAmt>|-500.00</InstdAmt>",
        "500.00</InstdAmt>|5e2</InstdAmt>",
        "500.00</InstdAmt>|0.00</InstdAmt>",
        "Ccy=\"EUR\"|Ccy=\"eur\"",
        "Ccy=\"EUR\"|",
        "<RmtInf>|<Extra/><RmtInf>",
        "<ChrgBr>SLEV</ChrgBr>|",
        "pain.001.001.09|pain.001.001.03",
        "</Document>|",
        "<Document|<!DOCTYPE x><Document"
      })
  void sendsNothingThatIsntOfTheSchema(String part, @Nullable String instead) {
    String xml = write("Erika", null, "Rent");

    assertThat(flaw(xml.replace(part, instead == null ? "" : instead))).isEqualTo("SCHEMA");
  }

  @Test
  void sendsNothingUnderAnotherNumber() {
    String xml = write("Erika", null, null);
    String other = NUMBER.replace("abcd", "abce");

    for (String element : new String[] {"MsgId", "PmtInfId", "EndToEndId"}) {
      String right = "<" + element + ">" + NUMBER;
      assertThat(flaw(xml.replace(right, "<" + element + ">" + other))).isEqualTo("OTHER_REQUEST");
    }
    assertThat(Pain001.flaw(xml.getBytes(StandardCharsets.UTF_8), other))
        .isEqualTo("OTHER_REQUEST");
  }

  private static @Nullable String flaw(String xml) {
    return Pain001.flaw(xml.getBytes(StandardCharsets.UTF_8), NUMBER);
  }

  private String write(@Nullable String holder, @Nullable String bank, @Nullable String note) {
    return new String(
        payments.write(
            new PayoutInstruction(
                NUMBER,
                Money.ofMinor(50_000, "EUR"),
                "IBAN",
                IBAN,
                holder,
                bank,
                note,
                Instant.parse("2026-01-02T23:30:00.123Z"))),
        StandardCharsets.UTF_8);
  }
}

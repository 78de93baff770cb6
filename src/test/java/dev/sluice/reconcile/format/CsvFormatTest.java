package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvFormatTest {
  private static final CsvMapping GERMAN =
      new CsvMapping(
          "ISO-8859-1",
          ';',
          new CsvMapping.Columns(
              "Referenz", "Bank-Ref", "Betrag", "Währung", null, "IBAN", "Datum"),
          CsvMapping.Unit.MAJOR,
          ',',
          "dd.MM.yyyy",
          CsvMapping.Sign.NEGATIVE_IS_PAID,
          Map.of(),
          new CsvMapping.Trailer("SUMME", 1, 2, 3, 4));
  private static final String FILE =
      """
      Datum;Referenz;Bank-Ref;Betrag;Währung;IBAN;Name
      02.03.2026;%s;B-1;-500,00;EUR;FR1420041010050500013M02606;"Müller; Söhne"
      02.03.2026;%s;B-2;250,00;EUR;;
      SUMME;2;-250,00;1000,00;750,00
      """
          .formatted(Shapes.ONE, Shapes.TWO);
  private final CsvFormat format = new CsvFormat(GERMAN, Shapes.LIMITS, "EUR", Shapes.BERLIN);

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void readsByItsMapping() throws IOException {
    Shapes.Read read = Shapes.read(format, latin(FILE));
    assertThat(read.line(1))
        .isEqualTo(
            new StatementLine(
                1,
                Kind.PAID,
                Shapes.ONE,
                "B-1",
                500_00,
                "EUR",
                "FR1420041010050500013M02606",
                Instant.parse("2026-03-02T11:00:00Z")));
    assertThat(read.line(2).kind()).isEqualTo(Kind.RETURNED);
    assertThat(read.line(2).minor()).isEqualTo(250_00);
  }

  @Test
  void readsMinorUnitsWithStatuses() throws IOException {
    CsvMapping mapping =
        new CsvMapping(
            "GB18030",
            '\t',
            new CsvMapping.Columns("订单", null, "金额", null, "状态", null, null),
            CsvMapping.Unit.MINOR,
            '.',
            "yyyy-MM-dd",
            CsvMapping.Sign.UNSIGNED,
            Map.of("成功", Kind.PAID, "失败", Kind.REFUSED),
            null);
    CsvFormat chinese = new CsvFormat(mapping, Shapes.LIMITS, "CNY", Shapes.SHANGHAI);
    byte[] file = "订单\t金额\t状态\na\t1250\t成功\nb\t7\t失败\n".getBytes(Charset.forName("GB18030"));
    Shapes.Read read = Shapes.read(chinese, file);
    assertThat(read.lines()).extracting(StatementLine::minor).containsExactly(1250L, 7L);
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.REFUSED);
    assertThat(refusal(chinese, "订单\t金额\t状态\na\t12.50\t成功\n".getBytes(Charset.forName("GB18030"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(chinese, "订单\t金额\t状态\na\t1\t处理中\n".getBytes(Charset.forName("GB18030"))))
        .isEqualTo(Reason.BAD_LINE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SUMME;2 | SUMME;3 | COUNT_DIFFERS",
        "SUMME;2;-250,00 | SUMME;2;-251,00 | TOTAL_DIFFERS",
        "750,00 | 751,00 | BALANCE_DIFFERS",
        "-500,00 | -500,001 | BAD_LINE",
        "-500,00 | -5e2 | BAD_LINE",
        "-500,00 | NaN | BAD_LINE",
        "-500,00 | -99999999999999999,00 | BAD_LINE",
        "02.03.2026;019 | 30.02.2026;019 | BAD_LINE",
        "Betrag | Amount | WRONG_TEMPLATE",
        "Datum;Referenz | Referenz;Referenz | WRONG_TEMPLATE",
        "SUMME | ENDE | BAD_LINE"
      })
  void refusesWhatIsNotAsItMustBe(String what, String instead, Reason reason) {
    String changed = FILE.replaceFirst(java.util.regex.Pattern.quote(what), instead);
    assertThat(changed).isNotEqualTo(FILE);
    assertThat(refusal(format, latin(changed))).isEqualTo(reason);
  }

  @Test
  void refusesWhatWasCutOffOrMoved() {
    assertThat(refusal(format, latin(FILE.substring(0, FILE.indexOf("SUMME")))))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, latin(FILE.substring(0, FILE.indexOf(";1000,00")))))
        .isEqualTo(Reason.TRUNCATED);
    String[] lines = FILE.split("\n", -1);
    assertThat(refusal(format, latin(lines[0] + "\n" + lines[3] + "\n" + lines[1] + "\n")))
        .isIn(Reason.COUNT_DIFFERS, Reason.BAD_LINE);
    assertThat(refusal(format, new byte[0])).isEqualTo(Reason.WRONG_TEMPLATE);
  }

  @Test
  void refusesAnotherEncodingAndHugeLines() {
    CsvMapping utf8 =
        new CsvMapping(
            "UTF-8",
            GERMAN.separator(),
            GERMAN.columns(),
            GERMAN.amountUnit(),
            GERMAN.decimalMark(),
            GERMAN.dateFormat(),
            GERMAN.sign(),
            GERMAN.statuses(),
            GERMAN.trailer());
    assertThat(refusal(new CsvFormat(utf8, Shapes.LIMITS, "EUR", Shapes.BERLIN), latin(FILE)))
        .isEqualTo(Reason.UNREADABLE);
    assertThat(refusal(format, FILE.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Reason.WRONG_TEMPLATE);
    assertThat(refusal(format, latin(FILE.replace("Söhne", "x".repeat(20_000)))))
        .isEqualTo(Reason.LINE_TOO_LONG);
    assertThat(refusal(format, latin(FILE.replace("\"Müller; Söhne\"", "\"Müller"))))
        .isIn(Reason.UNREADABLE, Reason.LINE_TOO_LONG, Reason.TRUNCATED, Reason.BAD_LINE);
  }
}

package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.edited;
import static dev.sluice.reconcile.format.Shapes.first;
import static dev.sluice.reconcile.format.Shapes.refusal;
import static dev.sluice.reconcile.format.Shapes.resource;
import static dev.sluice.reconcile.format.Shapes.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mt940FormatTest {
  private static final byte[] FILE = resource("mt940-20260302.sta");
  private final Mt940Format format = new Mt940Format(Shapes.LIMITS, Shapes.BERLIN, Map.of());

  @Test
  void readsAStatement() throws IOException {
    Shapes.Read read = Shapes.read(format, FILE);

    assertThat(read.coverage())
        .isEqualTo(
            new StatementFormat.Coverage("37040044/0532013000", null, LocalDate.of(2026, 3, 2)));
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.FEE, Kind.RETURNED);
    assertThat(read.line(1))
        .isEqualTo(
            new StatementLine(
                1,
                Kind.PAID,
                Shapes.ONE,
                "BANK-0001",
                500_00,
                "EUR",
                "FR1420041010050500013M02606",
                Instant.parse("2026-03-02T11:00:00Z")));
    assertThat(read.line(3).requestNumber()).isEqualTo(Shapes.TWO);
    assertThat(read.line(3).reference()).isEqualTo("RET-77");
  }

  @Test
  void readsPagesThatFollowEachOther() throws IOException {
    String page =
        ":62M:C260302EUR9497,50\r\n-}\r\n{4:\r\n:20:STMT060\r\n:25:37040044/0532013000\r\n"
            + ":28C:60/2\r\n:60M:C260302EUR9497,50\r\n:61:2603020302RD250";
    byte[] pages = edited(FILE, t -> t.replace(":61:2603020302RD250", page));
    assertThat(Shapes.read(format, pages)).isEqualTo(Shapes.read(format, FILE));
    assertThat(
            refusal(
                format,
                edited(pages, t -> t.replace(":60M:C260302EUR9497", ":60M:C260302EUR9496"))))
        .isEqualTo(Reason.TRUNCATED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "C260302EUR9747,50 | C260302EUR9747,51 | BALANCE_DIFFERS",
        "D500,00 | D501,00 | BALANCE_DIFFERS",
        ":61:2603020302D500,00NTRF | :61:2603020302X500,00NTRF | BAD_LINE",
        ":61:2603020302D500,00NTRF | :61:2603330302D500,00NTRF | BAD_LINE",
        "D500,00 | D500,001 | BAD_LINE",
        ":60F:C260302EUR | :60F:C260302XQX | BAD_LINE",
        ":60F: | :60M: | TRUNCATED",
        ":25: | :21: | WRONG_TEMPLATE",
        ":62F: | :64: | TRUNCATED"
      })
  void refusesWhatIsNotAsItMustBe(String what, String instead, Reason reason) {
    byte[] changed = edited(FILE, t -> t.replace(what, instead));
    assertThat(changed).isNotEqualTo(FILE);
    assertThat(refusal(format, changed)).isEqualTo(reason);
  }

  @Test
  void refusesWhatWasCutOff() {
    String text = new String(FILE, StandardCharsets.US_ASCII);
    assertThat(refusal(format, first(FILE, text.indexOf(":62F:")))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, first(FILE, text.indexOf(":61:2603020302RD"))))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(FILE, t -> without(t, 5))))
        .isIn(Reason.BALANCE_DIFFERS, Reason.BAD_LINE);
  }

  @Test
  void refusesOtherThings() {
    assertThat(refusal(format, "<html>busy</html>".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(Reason.WRONG_TEMPLATE);
    String text = new String(FILE, StandardCharsets.US_ASCII);
    assertThat(refusal(format, text.getBytes(StandardCharsets.UTF_16LE)))
        .isEqualTo(Reason.UNREADABLE);
    assertThat(refusal(format, new byte[0])).isEqualTo(Reason.WRONG_TEMPLATE);
    String twice = text + text.replace("STMT060", "STMT061");
    assertThat(refusal(format, twice.getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(Reason.WRONG_TEMPLATE);
    assertThat(refusal(format, edited(FILE, t -> t.replace("?22SVWZ", "x".repeat(9_000)))))
        .isEqualTo(Reason.LINE_TOO_LONG);
  }
}

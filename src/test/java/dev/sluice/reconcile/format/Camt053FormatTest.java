package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.edited;
import static dev.sluice.reconcile.format.Shapes.first;
import static dev.sluice.reconcile.format.Shapes.refusal;
import static dev.sluice.reconcile.format.Shapes.resource;
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

class Camt053FormatTest {
  private static final byte[] FILE = resource("camt053-20260302.xml");
  private final Camt053Format format = new Camt053Format(Shapes.LIMITS, Shapes.BERLIN, Map.of());

  @Test
  void readsAStatement() throws IOException {
    Shapes.Read read = Shapes.read(format, FILE);

    LocalDate day = LocalDate.of(2026, 3, 2);
    assertThat(read.coverage())
        .isEqualTo(new StatementFormat.Coverage("DE89370400440532013000", day, day));
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.PAID, Kind.PAID, Kind.FEE, Kind.RETURNED);
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
    assertThat(read.line(3).requestNumber()).isEqualTo(Shapes.THREE);
    assertThat(read.line(3).minor()).isEqualTo(200_00);
    assertThat(read.line(3).bookedAt()).isEqualTo(Instant.parse("2026-03-02T14:04:05Z"));
    assertThat(read.line(5).reference()).isEqualTo("RET-77");
  }

  @Test
  void readsABatchWithoutDetailsAsOneLine() throws IOException {
    byte[] batch =
        edited(
            FILE,
            t ->
                t.replace("<NbOfTxs>2</NbOfTxs>", "<MsgId>BATCH-1</MsgId><NbOfTxs>2</NbOfTxs>")
                    .replaceAll("(?s)<TxDtls><Refs><EndToEndId>" + Shapes.TWO + ".*?</TxDtls>", "")
                    .replaceAll(
                        "(?s)<TxDtls><Refs><EndToEndId>" + Shapes.THREE + ".{0,120}?</TxDtls>",
                        ""));
    Shapes.Read read = Shapes.read(format, batch);
    assertThat(read.line(2).reference()).isEqualTo("BATCH-1");
    assertThat(read.line(2).minor()).isEqualTo(300_00);
    assertThat(read.line(2).requestNumber()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "9447.50, 9447.51, BALANCE_DIFFERS",
    "<NbOfNtries>4<, <NbOfNtries>5<, COUNT_DIFFERS",
    "<Sum>802.50<, <Sum>802.00<, TOTAL_DIFFERS",
    "EUR\">200.00, EUR\">201.00, TOTAL_DIFFERS",
    "camt.053.001.08, camt.054.001.08, WRONG_TEMPLATE",
    "<IBAN>DE89370400440532013000</IBAN>, '', WRONG_TEMPLATE",
    "EUR\">500.00, EUR\">500.001, BAD_LINE",
    "EUR\">500.00, XXQ\">500.00, BAD_LINE",
    "<Dt>2026-03-02</Dt></BookgDt>, <Dt>02.03.2026</Dt></BookgDt>, BAD_LINE",
    "<Id>2026-060</Id>, <StmtPgntn><LastPgInd>false</LastPgInd></StmtPgntn>, TRUNCATED"
  })
  void refusesWhatIsNotAsItMustBe(String what, String instead, Reason reason) {
    byte[] changed = edited(FILE, t -> t.replace(what, instead));
    assertThat(changed).isNotEqualTo(FILE);
    assertThat(refusal(format, changed)).isEqualTo(reason);
  }

  @Test
  void refusesWhatWasCutOff() {
    for (int length : new int[] {FILE.length - 5, FILE.length - 400, FILE.length / 2, 700}) {
      assertThat(refusal(format, first(FILE, length))).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void refusesAMissingEntry() {
    byte[] without =
        edited(
            FILE,
            t -> {
              int from = t.indexOf("<Ntry>", t.indexOf("BANK-0002"));
              return t.substring(0, from) + t.substring(t.indexOf("</Ntry>", from) + 7);
            });
    assertThat(refusal(format, without)).isEqualTo(Reason.COUNT_DIFFERS);
  }

  @Test
  void refusesDocumentTypesAndEntities() {
    String head = "?>\n<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    assertThat(refusal(format, edited(FILE, t -> t.replaceFirst("\\?>", head))))
        .isEqualTo(Reason.DTD_FORBIDDEN);
    String used = "?>\n<!DOCTYPE Document [<!ENTITY x \"y\">]>";
    assertThat(
            refusal(
                format,
                edited(FILE, t -> t.replaceFirst("\\?>", used).replace("BANK-0001", "&x;"))))
        .isEqualTo(Reason.DTD_FORBIDDEN);
    assertThat(refusal(format, edited(FILE, t -> t.replace("BANK-0001", "&x;"))))
        .isEqualTo(Reason.DTD_FORBIDDEN);
  }

  @Test
  void refusesOtherHostileShapes() {
    String deep = "<a>".repeat(60);
    assertThat(refusal(format, edited(FILE, t -> t.replace("<NtryRef>1<", deep + "<NtryRef>1<"))))
        .isEqualTo(Reason.WRONG_TEMPLATE);
    assertThat(refusal(format, edited(FILE, t -> t.replace("BANK-0001", "B".repeat(3000)))))
        .isEqualTo(Reason.LINE_TOO_LONG);
    String text = new String(FILE, StandardCharsets.UTF_8);
    assertThat(
            refusal(
                format, text.replace("BANK-0001", "BÄNK").getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo(Reason.UNREADABLE);
    assertThat(refusal(format, text.getBytes(StandardCharsets.UTF_16LE)))
        .isEqualTo(Reason.UNREADABLE);
    String second = text.substring(text.indexOf("<Stmt>"), text.indexOf("</Stmt>") + 7);
    assertThat(refusal(format, edited(FILE, t -> t.replace("</Stmt>", "</Stmt>" + second))))
        .isEqualTo(Reason.WRONG_TEMPLATE);
    Limits small = new Limits(1000, 1000, 8192, 100, 4);
    assertThat(refusal(new Camt053Format(small, Shapes.BERLIN, Map.of()), FILE))
        .isEqualTo(Reason.TOO_LARGE);
    Limits few = new Limits(1 << 20, 2, 8192, 100, 4);
    assertThat(refusal(new Camt053Format(few, Shapes.BERLIN, Map.of()), FILE))
        .isEqualTo(Reason.TOO_MANY_LINES);
  }
}

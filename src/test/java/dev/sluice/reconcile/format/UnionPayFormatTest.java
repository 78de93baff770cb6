package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.edited;
import static dev.sluice.reconcile.format.Shapes.first;
import static dev.sluice.reconcile.format.Shapes.refusal;
import static dev.sluice.reconcile.format.Shapes.resource;
import static dev.sluice.reconcile.format.Shapes.unzip;
import static dev.sluice.reconcile.format.Shapes.zip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnionPayFormatTest {
  private static final byte[] FILE = resource("unionpay-20260301.zip");
  private static final String MERCHANT = "777290058110048";
  private final UnionPayFormat format =
      new UnionPayFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());

  @Test
  void readsASettlementFile() throws IOException {
    Shapes.Read read = Shapes.read(format, FILE);

    LocalDate day = LocalDate.of(2026, 3, 1);
    assertThat(read.coverage()).isEqualTo(new StatementFormat.Coverage(MERCHANT, day, day));
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.FEE, Kind.PAID, Kind.RETURNED, Kind.RETURNED);
    assertThat(read.line(1))
        .isEqualTo(
            new StatementLine(
                1,
                Kind.PAID,
                Shapes.ONE,
                "202603010915001000018",
                500_00,
                "CNY",
                "6222081234561234",
                Instant.parse("2026-03-01T01:15:00Z")));
    assertThat(read.line(2).minor()).isEqualTo(50);
    assertThat(read.line(4).requestNumber()).isEqualTo(Shapes.TWO);
    assertThat(read.line(5).requestNumber()).isNull();
  }

  @Test
  void takesTheYearBeforeForDecemberInJanuary() throws IOException {
    Map<String, byte[]> january =
        Map.of(
            "INN26010188ZM_" + MERCHANT,
            new String(unzip(FILE).get("INN26030188ZM_" + MERCHANT), Shapes.GBK)
                .replace("0301091500", "1231230500")
                .getBytes(Shapes.GBK));
    assertThat(Shapes.read(format, zip(january)).line(1).bookedAt())
        .isEqualTo(Instant.parse("2025-12-31T15:05:00Z"));
  }

  @Test
  void refusesWhatWasCutOff() {
    assertThat(refusal(format, first(FILE, FILE.length - 40))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, first(FILE, FILE.length - 1))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(FILE, 0, t -> t.substring(0, t.length() - 100))))
        .isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void refusesRecordsOfAnotherShape() {
    assertThat(refusal(format, edited(FILE, 0, t -> t.replaceFirst(" ", ""))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(
            refusal(format, edited(FILE, 0, t -> t.replaceFirst("000000050000", "00000005000A"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(FILE, 0, t -> t.replaceFirst("0301091500", "1301091500"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(FILE, 0, t -> t.replaceFirst("0301091500 ", "0301091500x"))))
        .isEqualTo(Reason.BAD_LINE);
  }

  @Test
  void refusesAnotherMerchantOrDay() {
    assertThat(refusal(format, edited(FILE, 0, t -> t.replace(MERCHANT, "777290058110049"))))
        .isEqualTo(Reason.WRONG_ACCOUNT);
    Map<String, byte[]> twoDays = unzip(FILE);
    twoDays.put("INN26030288ZM_" + MERCHANT, new byte[0]);
    assertThat(refusal(format, zip(twoDays))).isEqualTo(Reason.BAD_MEMBERS);
    byte[] content = List.copyOf(unzip(FILE).values()).getFirst();
    assertThat(refusal(format, zip(Map.of("INN26133188ZM_" + MERCHANT, content))))
        .isEqualTo(Reason.BAD_MEMBERS);
    assertThat(refusal(format, zip(Map.of("INN26030188ZME_" + MERCHANT, new byte[0]))))
        .isEqualTo(Reason.BAD_MEMBERS);
    assertThat(refusal(format, zip(Map.of("/INN26030188ZM_" + MERCHANT, content))))
        .isEqualTo(Reason.BAD_MEMBERS);
  }

  @Test
  void refusesAnotherEncoding() {
    Map<String, byte[]> members = unzip(FILE);
    members.replaceAll(
        (name, text) ->
            new String(text, Shapes.GBK).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(refusal(format, zip(members))).isEqualTo(Reason.BAD_LINE);
  }
}

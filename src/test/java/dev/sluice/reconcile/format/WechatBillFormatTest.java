package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.edited;
import static dev.sluice.reconcile.format.Shapes.exchanged;
import static dev.sluice.reconcile.format.Shapes.first;
import static dev.sluice.reconcile.format.Shapes.refusal;
import static dev.sluice.reconcile.format.Shapes.resource;
import static dev.sluice.reconcile.format.Shapes.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class WechatBillFormatTest {
  private static final byte[] BILL = resource("wechat-20260301.csv");
  private static final byte[] PACKED = resource("wechat-20260301.csv.gz");
  private final WechatBillFormat format =
      new WechatBillFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());

  @Test
  void readsABillPackedOrNot() throws IOException {
    Shapes.Read read = Shapes.read(format, PACKED);

    assertThat(read).isEqualTo(Shapes.read(format, BILL));
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.FEE, Kind.PAID, Kind.OTHER, Kind.RETURNED);
    assertThat(read.line(1))
        .isEqualTo(
            new StatementLine(
                1,
                Kind.PAID,
                Shapes.ONE,
                "1330000071100999991182020050700019480001",
                300_00,
                "CNY",
                null,
                Instant.parse("2026-03-01T00:01:23Z")));
    assertThat(read.line(5).requestNumber()).isEqualTo(Shapes.TWO);
    assertThat(read.line(5).reference()).isEqualTo("1900009231202603010000000005");
  }

  @Test
  void readsAnEmptyDay() throws IOException {
    byte[] empty =
        edited(
            BILL,
            t -> {
              String[] lines = t.split("\r\n", -1);
              return lines[0] + "\r\n" + lines[6] + "\r\n`0,`0,`0.00,`0,`0.00\r\n";
            });
    assertThat(Shapes.read(format, empty).lines()).isEmpty();
  }

  @Test
  void refusesWhatWasCutOff() {
    assertThat(refusal(format, first(PACKED, PACKED.length - 12))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, t -> t.substring(0, t.indexOf("资金流水总笔数")))))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, t -> t.substring(0, t.indexOf("`5,`2")))))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, t -> t.substring(0, t.indexOf("手续费")))))
        .isIn(Reason.TRUNCATED, Reason.BAD_LINE);
  }

  @Test
  void refusesWhatDoesNotAddUp() {
    assertThat(refusal(format, edited(BILL, t -> without(t, 2)))).isEqualTo(Reason.COUNT_DIFFERS);
    assertThat(refusal(format, edited(BILL, t -> t.replace("`300.00", "`301.00"))))
        .isEqualTo(Reason.TOTAL_DIFFERS);
    assertThat(refusal(format, edited(BILL, t -> t.replace("`699.70", "`690.70"))))
        .isEqualTo(Reason.BALANCE_DIFFERS);
  }

  @Test
  void refusesWhatWasReordered() {
    assertThat(refusal(format, edited(BILL, t -> exchanged(t, 1, 2))))
        .isEqualTo(Reason.BALANCE_DIFFERS);
    assertThat(refusal(format, edited(BILL, t -> exchanged(t, 5, 6))))
        .isIn(Reason.BAD_LINE, Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, t -> t.replace("业务名称,业务类型", "业务类型,业务名称"))))
        .isEqualTo(Reason.WRONG_TEMPLATE);
  }

  @Test
  void refusesAnotherEncoding() {
    String text = new String(BILL, StandardCharsets.UTF_8);
    assertThat(refusal(format, text.substring(1).getBytes(Shapes.GBK)))
        .isEqualTo(Reason.UNREADABLE);
    assertThat(refusal(format, text.getBytes(StandardCharsets.UTF_16LE)))
        .isIn(Reason.UNREADABLE, Reason.WRONG_TEMPLATE);
  }

  @Test
  void refusesBadLines() {
    assertThat(refusal(format, edited(BILL, t -> t.replace("`收入", "`中性"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(BILL, t -> t.replace("`300.00", "`3e2"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(BILL, t -> t + "`1\r\n"))).isEqualTo(Reason.BAD_LINE);
  }

  @Test
  void refusesABomb() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 16];
      for (int i = 0; i < 48; i++) {
        gzip.write(zeros);
      }
    }
    Limits wide = new Limits(1 << 22, 1_000, 1 << 23, 100, 4);
    assertThat(refusal(new WechatBillFormat(wide, Shapes.SHANGHAI, Map.of()), packed.toByteArray()))
        .isEqualTo(Reason.RATIO_TOO_HIGH);
    assertThat(refusal(format, packed.toByteArray())).isEqualTo(Reason.LINE_TOO_LONG);
  }
}

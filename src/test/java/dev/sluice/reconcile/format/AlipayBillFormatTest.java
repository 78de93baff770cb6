package dev.sluice.reconcile.format;

import static dev.sluice.reconcile.format.Shapes.GBK;
import static dev.sluice.reconcile.format.Shapes.edited;
import static dev.sluice.reconcile.format.Shapes.exchanged;
import static dev.sluice.reconcile.format.Shapes.first;
import static dev.sluice.reconcile.format.Shapes.refusal;
import static dev.sluice.reconcile.format.Shapes.resource;
import static dev.sluice.reconcile.format.Shapes.unzip;
import static dev.sluice.reconcile.format.Shapes.without;
import static dev.sluice.reconcile.format.Shapes.zip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlipayBillFormatTest {
  private static final byte[] BILL = resource("alipay-20260301.zip");
  private final AlipayBillFormat format =
      new AlipayBillFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());

  @Test
  void readsABill() throws IOException {
    Shapes.Read read = Shapes.read(format, BILL);

    assertThat(read.coverage())
        .isEqualTo(
            new StatementFormat.Coverage(
                "20881021771234560156", LocalDate.of(2026, 3, 1), LocalDate.of(2026, 3, 1)));
    assertThat(read.lines())
        .extracting(StatementLine::kind)
        .containsExactly(Kind.PAID, Kind.FEE, Kind.PAID, Kind.OTHER, Kind.RETURNED);
    assertThat(read.line(1))
        .isEqualTo(
            new StatementLine(
                1,
                Kind.PAID,
                Shapes.ONE,
                "20260301110070001506000001",
                500_00,
                "CNY",
                null,
                Instant.parse("2026-03-01T01:12:33Z")));
    assertThat(read.line(5).requestNumber()).isEqualTo(Shapes.TWO);
    assertThat(read.line(5).reference()).isEqualTo("20260301000000005");
    assertThat(read.line(5).minor()).isEqualTo(120_50);
  }

  @Test
  void takesTheOperatorsWordForOtherBusinessTypes() throws IOException {
    byte[] bill = edited(BILL, 0, t -> t.replace("\t,转账\t", "\t,红包发放\t"));
    AlipayBillFormat told =
        new AlipayBillFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of("红包发放", Kind.OTHER));

    // Paid under an order number, it must be explained, unless the operator says what it is.
    assertThat(Shapes.read(format, bill).line(1).kind()).isEqualTo(Kind.PAID);
    assertThat(Shapes.read(told, bill).line(1).kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void refusesWhatWasCutOff() {
    assertThat(refusal(format, first(BILL, BILL.length - 30))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, first(BILL, BILL.length / 2))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, 0, t -> t.substring(0, t.indexOf("#----", 300)))))
        .isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replaceAll("#支出合计.*", "#"))))
        .isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void refusesWhatDoesNotAddUp() {
    assertThat(refusal(format, edited(BILL, 0, t -> without(t, 6))))
        .isEqualTo(Reason.COUNT_DIFFERS);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("-500.00", "-501.00"))))
        .isEqualTo(Reason.TOTAL_DIFFERS);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("9500.00", "9400.00"))))
        .isEqualTo(Reason.BALANCE_DIFFERS);
    assertThat(refusal(format, edited(BILL, 1, t -> t.replace("合计\t,2", "合计\t,3"))))
        .isEqualTo(Reason.COUNT_DIFFERS);
    assertThat(refusal(format, edited(BILL, 1, t -> t.replace(",-621.50", ",-620.50"))))
        .isEqualTo(Reason.TOTAL_DIFFERS);
  }

  @Test
  void refusesWhatWasReordered() {
    // The first entry is no longer the one that starts the day.
    assertThat(refusal(format, edited(BILL, 0, t -> exchanged(t, 5, 6))))
        .isEqualTo(Reason.BALANCE_DIFFERS);
    assertThat(refusal(format, edited(BILL, 0, t -> exchanged(t, 9, 10))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("商户订单号,商品名称", "商品名称,商户订单号"))))
        .isEqualTo(Reason.WRONG_TEMPLATE);
  }

  @Test
  void refusesAnotherEncoding() {
    Map<String, byte[]> members = unzip(BILL);
    members.replaceAll((name, text) -> new String(text, GBK).getBytes(StandardCharsets.UTF_8));
    assertThat(refusal(format, zip(members))).isIn(Reason.UNREADABLE, Reason.WRONG_TEMPLATE);
    members.replaceAll((name, text) -> "账".getBytes(StandardCharsets.UTF_16));
    assertThat(refusal(format, zip(members))).isIn(Reason.UNREADABLE, Reason.WRONG_TEMPLATE);
    assertThat(refusal(format, "not a ZIP".getBytes(GBK))).isEqualTo(Reason.UNREADABLE);
  }

  @Test
  void refusesTwoAccountsOrPeriods() {
    assertThat(refusal(format, edited(BILL, 1, t -> t.replace("20881021", "20881022"))))
        .isEqualTo(Reason.WRONG_ACCOUNT);
    assertThat(refusal(format, edited(BILL, 1, t -> t.replace("03月02日 00", "03月03日 00"))))
        .isEqualTo(Reason.WRONG_PERIOD);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("#起始日期", "#"))))
        .isIn(Reason.WRONG_TEMPLATE, Reason.WRONG_PERIOD);
  }

  @Test
  void refusesHostileArchives() {
    Map<String, byte[]> members = unzip(BILL);
    String detail = List.copyOf(members.keySet()).getFirst();
    byte[] content = members.get(detail);

    Map<String, byte[]> slip = unzip(BILL);
    slip.put("../../etc/passwd.csv", new byte[10]);
    assertThat(refusal(format, zip(slip))).isEqualTo(Reason.BAD_MEMBERS);

    Map<String, byte[]> many = unzip(BILL);
    for (int i = 0; i < 5; i++) {
      many.put(i + "(汇总).csv", members.get(List.copyOf(members.keySet()).get(1)));
    }
    assertThat(refusal(format, zip(many))).isEqualTo(Reason.BAD_MEMBERS);

    assertThat(refusal(format, zip(Map.of(detail, content)))).isEqualTo(Reason.BAD_MEMBERS);
    assertThat(refusal(format, zip(Map.of("a.exe", content)))).isEqualTo(Reason.BAD_MEMBERS);

    String line = "#" + "0".repeat(1000) + "\r\n";
    byte[] bomb = line.repeat(3_000).getBytes(GBK);
    assertThat(refusal(format, zip(Map.of(detail, bomb)))).isEqualTo(Reason.RATIO_TOO_HIGH);
    assertThat(refusal(format, zip(Map.of(detail, "#0".repeat(10_000).getBytes(GBK)))))
        .isEqualTo(Reason.LINE_TOO_LONG);
  }

  @Test
  void refusesTooManyLines() {
    Limits two = new Limits(1 << 20, 2, 8192, 100, 4);
    assertThat(refusal(new AlipayBillFormat(two, Shapes.SHANGHAI, Map.of()), BILL))
        .isEqualTo(Reason.TOO_MANY_LINES);
    Limits small = new Limits(500, 1_000, 8192, 100, 4);
    assertThat(refusal(new AlipayBillFormat(small, Shapes.SHANGHAI, Map.of()), BILL))
        .isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void refusesBadLines() {
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("-500.00", "-500.001"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("2026-03-01 09", "2026-03-01T09"))))
        .isEqualTo(Reason.BAD_LINE);
    assertThat(refusal(format, edited(BILL, 0, t -> t.replace("0.00\t,-500.00", "5.00\t,-500.00"))))
        .isEqualTo(Reason.BAD_LINE);
  }
}

package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Alipay's account bill (账务明细, {@code bill_type=signcustomer} of {@code
 * alipay.data.dataservice.bill.downloadurl.query}): a ZIP archive of a detail and a summary member
 * in GBK, with {@code #} lines around the entries and tabs after fields.
 */
public final class AlipayBillFormat implements StatementFormat {
  private static final Charset GBK = Charset.forName("GBK");
  private static final String CNY = "CNY";
  private static final int DIGITS = 2;

  private static final List<String> DETAIL =
      List.of(
          "账务流水号",
          "业务流水号",
          "商户订单号",
          "商品名称",
          "发生时间",
          "对方账号",
          "收入金额（+元）",
          "支出金额（-元）",
          "账户余额（元）",
          "交易渠道",
          "业务类型",
          "备注");
  private static final List<String> SUMMARY =
      List.of("类型", "收入笔数", "收入金额（+元）", "支出笔数", "支出金额（-元）", "总金额（元）");

  private static final Set<String> PAID =
      Set.of("转账", "单笔转账", "单笔转账到银行账户", "转账到银行卡", "提现", "代发", "批量付款");
  private static final Set<String> RETURNED = Set.of("转账退款", "转账退回", "退票", "提现退票", "提现退回");
  private static final Set<String> FEES = Set.of("收费", "服务费", "手续费");

  private static final Pattern ACCOUNT = Pattern.compile("#账号：\\[(\\w{1,40})].*");
  private static final Pattern PERIOD =
      Pattern.compile("#起始日期：\\[([^]]{1,40})]\\s*终止日期：\\[([^]]{1,40})].*");
  private static final Pattern SUM = Pattern.compile("#(支出|收入)合计：(\\d{1,9})笔，共(-?[\\d.]{1,20})元.*");

  private final Limits limits;
  private final ZoneId zone;
  private final EntryKinds kinds;

  /**
   * A reader of such bills.
   *
   * @param kinds what further business types (业务类型) mean
   */
  public AlipayBillFormat(Limits limits, ZoneId zone, Map<String, Kind> kinds) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = new EntryKinds(PAID, RETURNED, FEES, kinds);
  }

  @Override
  public Coverage read(InputStream file, Lines lines) throws IOException {
    Reading reading = new Reading(lines);
    try {
      Archives.zip(file, GBK, limits, reading::member);
    } catch (IOException e) {
      throw Texts.refused(e);
    }
    return reading.coverage();
  }

  /** Counts and sums of one direction. */
  private record Sums(long count, long minor) {}

  /** One pass over one archive. */
  private final class Reading {
    private final Lines lines;
    private final BookedTimes times = BookedTimes.of("yyyy-MM-dd HH:mm:ss", zone);
    private final BookedTimes heads = BookedTimes.of("yyyy年MM月dd日 HH:mm:ss", zone);
    private final BalanceChain balances = new BalanceChain();
    private boolean details;
    private boolean saysAccount;
    private boolean saysPeriod;
    private @Nullable String account;
    private @Nullable Instant from;
    private @Nullable Instant to;
    private @Nullable Sums summedIn;
    private @Nullable Sums summedOut;
    private int number;
    private long inCount;
    private long inMinor;
    private long outCount;
    private long outMinor;

    Reading(Lines lines) {
      this.lines = lines;
    }

    void member(String name, InputStream content) throws IOException {
      TextLines text = new TextLines(Texts.strict(content, GBK), limits);
      if (name.endsWith("(汇总).csv") || name.endsWith("（汇总）.csv")) {
        table(text, SUMMARY, this::summaryRow);
        return;
      }
      if (!name.endsWith(".csv") || details) {
        throw new StatementRefused(
            Reason.BAD_MEMBERS, "has other members than one bill and its summary");
      }
      details = true;
      Map<String, Sums> trailer = table(text, DETAIL, this::detailRow);
      agree("支出", trailer.get("支出"), outCount, outMinor);
      agree("收入", trailer.get("收入"), inCount, inMinor);
      balances.check();
    }

    /** Heading lines, column names, rows, the list's end, and the sums after it. */
    private Map<String, Sums> table(TextLines text, List<String> columns, Row rows)
        throws IOException {
      saysAccount = false;
      saysPeriod = false;
      boolean inside = false;
      boolean ended = false;
      Map<String, Sums> sums = new java.util.HashMap<>();
      for (String line = text.next(); line != null; line = text.next()) {
        String clean = CsvFormat.clean(line);
        if (clean.isEmpty()) {
          continue;
        }
        if (clean.startsWith("#")) {
          ended |= inside && clean.contains("列表结束");
          head(clean, text.number());
          Matcher sum = SUM.matcher(clean);
          if (sum.matches()) {
            if (!ended) {
              throw StatementRefused.badLine(text.number(), "sums up before the list's end");
            }
            sums.put(sum.group(1), sums(sum, text.number()));
          }
        } else if (ended) {
          throw StatementRefused.badLine(text.number(), "stands after the list's end");
        } else if (!inside) {
          if (!names(clean).equals(columns)) {
            throw new StatementRefused(
                Reason.WRONG_TEMPLATE, "has not the columns of an account bill");
          }
          inside = true;
        } else {
          rows.take(fields(line, columns.size(), text.number()), text.number());
        }
      }
      if (!inside || !saysAccount || !saysPeriod) {
        throw new StatementRefused(
            Reason.WRONG_TEMPLATE, "lacks its list, its account or its period");
      }
      if (!ended) {
        throw new StatementRefused(Reason.TRUNCATED, "ends before its list's end");
      }
      return sums;
    }

    private static List<String> names(String line) {
      return Arrays.stream(line.split(",", -1)).map(CsvFormat::clean).toList();
    }

    private static String[] fields(String line, int count, int number) throws StatementRefused {
      // Nothing is quoted; only the remark, at the end, may hold commas of its own.
      String[] fields = line.split(",", count);
      if (fields.length < count) {
        throw StatementRefused.badLine(
            number, "has %d fields instead of %d".formatted(fields.length, count));
      }
      for (int i = 0; i < fields.length; i++) {
        fields[i] = CsvFormat.clean(fields[i]);
      }
      return fields;
    }

    private void head(String line, int number) throws StatementRefused {
      Matcher says = ACCOUNT.matcher(line);
      if (says.matches()) {
        if (account != null && !account.equals(says.group(1))) {
          throw new StatementRefused(Reason.WRONG_ACCOUNT, "bill and summary are of two accounts");
        }
        account = says.group(1);
        saysAccount = true;
      }
      Matcher period = PERIOD.matcher(line);
      if (period.matches()) {
        Instant start = heads.at(period.group(1), number);
        Instant end = heads.at(period.group(2), number);
        if (from != null && !(from.equals(start) && end.equals(to))) {
          throw new StatementRefused(Reason.WRONG_PERIOD, "bill and summary are of two periods");
        }
        from = start;
        to = end;
        saysPeriod = true;
      }
    }

    private static Sums sums(Matcher says, int number) throws StatementRefused {
      return new Sums(Long.parseLong(says.group(2)), Math.abs(minor(says.group(3), number)));
    }

    private void detailRow(String[] row, int at) throws IOException {
      if (++number > limits.maxLines()) {
        throw new StatementRefused(
            Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
      }
      long in = row[6].isEmpty() ? 0 : minor(row[6], at);
      long out = row[7].isEmpty() ? 0 : Math.abs(minor(row[7], at));
      if (in < 0 || (in != 0 && out != 0)) {
        throw StatementRefused.badLine(at, "both takes and gives, or gives less than nothing");
      }
      boolean isOut = out != 0;
      inCount += isOut ? 0 : 1;
      outCount += isOut ? 1 : 0;
      inMinor = Math.addExact(inMinor, in);
      outMinor = Math.addExact(outMinor, out);
      balances.add(in - out, minor(row[8], at));
      String order = row[2].isEmpty() ? null : row[2];
      // Whatever is paid under an order number is to be explained; the rest is not our business.
      Kind kind = kinds.of(row[10], isOut, order == null ? Kind.OTHER : Kind.PAID);
      lines.take(
          new StatementLine(
              number,
              kind,
              order,
              kind == Kind.RETURNED ? row[0] : row[1].isEmpty() ? row[0] : row[1],
              isOut ? out : in,
              CNY,
              null,
              times.at(row[4], at)));
    }

    private void summaryRow(String[] row, int at) throws StatementRefused {
      if (row[0].equals("合计")) {
        summedIn = new Sums(count(row[1], at), minor(row[2], at));
        summedOut = new Sums(count(row[3], at), Math.abs(minor(row[4], at)));
      }
    }

    private static long count(String text, int at) throws StatementRefused {
      if (!text.matches("\\d{1,9}")) {
        throw StatementRefused.badLine(at, "counts in no number");
      }
      return Long.parseLong(text);
    }

    private static long minor(String text, int at) throws StatementRefused {
      try {
        return Amounts.minor(text, '.', DIGITS);
      } catch (NumberFormatException e) {
        throw StatementRefused.badLine(at, "its amount " + e.getMessage());
      }
    }

    private static void agree(String what, @Nullable Sums said, long count, long minor)
        throws StatementRefused {
      if (said == null) {
        throw new StatementRefused(Reason.TRUNCATED, "lacks its sum of " + what);
      }
      if (said.count() != count) {
        throw new StatementRefused(
            Reason.COUNT_DIFFERS, "counts %d %s, and has %d".formatted(said.count(), what, count));
      }
      if (said.minor() != minor) {
        throw new StatementRefused(
            Reason.TOTAL_DIFFERS,
            "says %d %s, and adds up to %d".formatted(said.minor(), what, minor));
      }
    }

    Coverage coverage() throws StatementRefused {
      if (!details) {
        throw new StatementRefused(Reason.BAD_MEMBERS, "has no bill in it");
      }
      if (summedIn == null || summedOut == null) {
        throw new StatementRefused(Reason.BAD_MEMBERS, "has no summary in it, or one without sums");
      }
      agree("收入", summedIn, inCount, inMinor);
      agree("支出", summedOut, outCount, outMinor);
      if (account == null || from == null || to == null) {
        throw new StatementRefused(
            Reason.WRONG_TEMPLATE, "says nothing of its account or its period");
      }
      LocalDate first = from.atZone(zone).toLocalDate();
      // The end may be given as the first instant after it, or as the last second before that.
      LocalDate last = to.minus(Duration.ofMillis(1)).atZone(zone).toLocalDate();
      return new Coverage(account, first, last);
    }
  }

  private interface Row {
    void take(String[] fields, int line) throws IOException;
  }
}

package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * WeChat Pay's fund-flow bill ({@code GET /v3/bill/fundflowbill}): UTF-8, packed by gzip or not, a
 * backtick before each value, and two sums of all entries at the end.
 */
public final class WechatBillFormat implements StatementFormat {
  private static final String CNY = "CNY";
  private static final int DIGITS = 2;
  private static final List<String> DETAIL =
      List.of(
          "记账时间",
          "微信支付业务单号",
          "资金流水单号",
          "业务名称",
          "业务类型",
          "收支类型",
          "收支金额(元)",
          "账户结余(元)",
          "资金变更提交申请人",
          "备注",
          "业务凭证号");
  private static final List<String> SUMS = List.of("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额");

  private static final Set<String> PAID =
      Set.of("转账", "商家转账", "商家转账到零钱", "企业付款", "企业付款到零钱", "企业付款到银行卡", "付款到零钱");
  private static final Set<String> RETURNED = Set.of("转账退款", "商家转账退款", "商家转账退回", "企业付款退款", "转账退回");
  private static final Set<String> FEES = Set.of("扣除交易手续费", "手续费", "服务费");

  private final Limits limits;
  private final ZoneId zone;
  private final EntryKinds kinds;

  /**
   * A reader of such bills.
   *
   * @param kinds what further business types (业务类型) mean
   */
  public WechatBillFormat(Limits limits, ZoneId zone, Map<String, Kind> kinds) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = new EntryKinds(PAID, RETURNED, FEES, kinds);
  }

  @Override
  public Coverage read(InputStream file, Lines lines) throws IOException {
    try {
      TextLines text =
          new TextLines(
              Texts.strict(Archives.gunzipped(file, limits), StandardCharsets.UTF_8), limits);
      new Reading(lines).all(text);
    } catch (IOException e) {
      throw Texts.refused(e);
    }
    return Coverage.UNSAID;
  }

  /** One pass over one file. */
  private final class Reading {
    private final Lines lines;
    private final BookedTimes times = BookedTimes.of("yyyy-MM-dd HH:mm:ss", zone);
    private final BalanceChain balances = new BalanceChain();
    private int number;
    private long inCount;
    private long inMinor;
    private long outCount;
    private long outMinor;

    Reading(Lines lines) {
      this.lines = lines;
    }

    void all(TextLines text) throws IOException {
      if (!DETAIL.equals(heading(text.next()))) {
        throw new StatementRefused(
            Reason.WRONG_TEMPLATE, "has not the columns of a fund-flow bill");
      }
      String line = text.next();
      for (; line != null && line.startsWith("`"); line = text.next()) {
        row(values(line, DETAIL.size(), text.number()), text.number());
      }
      if (line == null) {
        throw new StatementRefused(Reason.TRUNCATED, "ends before its sums");
      }
      if (!SUMS.equals(heading(line))) {
        throw StatementRefused.badLine(text.number(), "is neither an entry nor the sums' heading");
      }
      String sums = text.next();
      if (sums == null || !sums.startsWith("`")) {
        throw new StatementRefused(Reason.TRUNCATED, "lacks its sums");
      }
      sums(values(sums, SUMS.size(), text.number()), text.number());
      for (String more = text.next(); more != null; more = text.next()) {
        if (!more.isBlank()) {
          throw StatementRefused.badLine(text.number(), "stands after the sums");
        }
      }
      balances.check();
    }

    private static List<String> heading(@Nullable String line) {
      return line == null
          ? List.of()
          : Arrays.stream(line.split(",", -1)).map(CsvFormat::clean).toList();
    }

    /** Between backticks: a remark may hold commas of its own. */
    private static String[] values(String line, int count, int at) throws StatementRefused {
      String[] values = line.substring(1).split(",`", -1);
      if (values.length != count) {
        throw StatementRefused.badLine(
            at, "has %d fields instead of %d".formatted(values.length, count));
      }
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i].strip();
      }
      return values;
    }

    private void row(String[] row, int at) throws IOException {
      if (++number > limits.maxLines()) {
        throw new StatementRefused(
            Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
      }
      boolean out =
          switch (row[5]) {
            case "支出" -> true;
            case "收入" -> false;
            default -> throw StatementRefused.badLine(at, "is neither income nor expense");
          };
      long minor = minor(row[6], at);
      if (minor < 0) {
        throw StatementRefused.badLine(at, "its amount is negative");
      }
      inCount += out ? 0 : 1;
      outCount += out ? 1 : 0;
      inMinor = Math.addExact(inMinor, out ? 0 : minor);
      outMinor = Math.addExact(outMinor, out ? minor : 0);
      balances.add(out ? -minor : minor, minor(row[7], at));
      Kind kind = kinds.of(row[4], out, Kind.OTHER);
      lines.take(
          new StatementLine(
              number,
              kind,
              row[10].isEmpty() ? null : row[10],
              kind == Kind.RETURNED ? row[2] : row[1],
              minor,
              CNY,
              null,
              times.at(row[0], at)));
    }

    private void sums(String[] sums, int at) throws StatementRefused {
      count(sums[0], inCount + outCount, at);
      count(sums[1], inCount, at);
      total(sums[2], inMinor, at);
      count(sums[3], outCount, at);
      total(sums[4], outMinor, at);
    }

    private static void count(String said, long counted, int at) throws StatementRefused {
      if (!said.matches("\\d{1,9}")) {
        throw StatementRefused.badLine(at, "counts in no number");
      }
      if (Long.parseLong(said) != counted) {
        throw new StatementRefused(
            Reason.COUNT_DIFFERS, "counts %s entries, and has %d".formatted(said, counted));
      }
    }

    private static void total(String said, long summed, int at) throws StatementRefused {
      long minor = Math.abs(minor(said, at));
      if (minor != summed) {
        throw new StatementRefused(
            Reason.TOTAL_DIFFERS, "says %d, and adds up to %d".formatted(minor, summed));
      }
    }

    private static long minor(String text, int at) throws StatementRefused {
      try {
        return Amounts.minor(text, '.', DIGITS);
      } catch (NumberFormatException e) {
        throw StatementRefused.badLine(at, "its amount " + e.getMessage());
      }
    }
  }
}

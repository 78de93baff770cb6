package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * UnionPay's settlement file of a merchant (全渠道平台接入接口规范 第3部分 文件接口): a ZIP archive with {@code
 * INNyymmdd88ZM_merchant}, records of fixed width in bytes with blanks between the fields, and
 * {@code …ZME_…} of corrections. The file has no trailer; what proves it whole are the widths of
 * its records, and the archive's checksums and directory.
 */
public final class UnionPayFormat implements StatementFormat {
  private static final Charset GBK = Charset.forName("GBK");
  private static final String CNY = "CNY";

  /** Widths of the fields of ZM and of the first of ZME; a blank follows each but the last. */
  private static final int[] ZM = {
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21,
    15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98
  };

  private static final int[] ZME = {
    3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2, 135
  };

  private static final int TRACE = 3;
  private static final int TIME = 4;
  private static final int CARD = 5;
  private static final int AMOUNT = 6;
  private static final int QUERY_ID = 9;
  private static final int ORDER = 11;
  private static final int FEE = 15;
  private static final int TYPE = 19;
  private static final int MERCHANT = 27;
  private static final int ORIGINAL_ORDER = 40;

  /** 代付; then 退货, 消费撤销, 冲正. */
  private static final Set<String> PAID = Set.of("12");

  private static final Set<String> RETURNED = Set.of("04", "31", "99");
  private static final Pattern MEMBER =
      Pattern.compile("INN(\\d{6})\\d{2}(ZM|ZME)_(\\w{1,20})(?:\\.txt)?");
  private static final Pattern DIGITS = Pattern.compile("\\d{12}");
  private static final Pattern SIGNED = Pattern.compile("[CD]\\d{12}");
  private static final Pattern OTHER_MEMBERS = Pattern.compile("\\w{1,60}(?:\\.txt)?");

  private final Limits limits;
  private final ZoneId zone;
  private final EntryKinds kinds;

  /**
   * A reader of such files.
   *
   * @param kinds what further transaction types (交易类型) mean
   */
  public UnionPayFormat(Limits limits, ZoneId zone, Map<String, Kind> kinds) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = new EntryKinds(PAID, RETURNED, Set.of(), kinds);
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

  private static int width(int[] fields) {
    int width = fields.length - 1;
    for (int field : fields) {
      width += field;
    }
    return width;
  }

  /** One pass over one archive. */
  private final class Reading {
    private final Lines lines;
    private @Nullable LocalDate day;
    private @Nullable String merchant;
    private boolean payments;
    private int number;

    Reading(Lines lines) {
      this.lines = lines;
    }

    void member(String name, InputStream content) throws IOException {
      Matcher named = MEMBER.matcher(name);
      if (!named.matches()) {
        if (!OTHER_MEMBERS.matcher(name).matches()) {
          throw new StatementRefused(Reason.BAD_MEMBERS, "has a member that doesn't belong there");
        }
        return; // sums and lists for other uses
      }
      LocalDate of = settlementDay(named.group(1));
      if (day != null && !(day.equals(of) && named.group(3).equals(merchant))) {
        throw new StatementRefused(Reason.BAD_MEMBERS, "has members of two days or merchants");
      }
      day = of;
      merchant = named.group(3);
      boolean corrections = named.group(2).equals("ZME");
      payments |= !corrections;
      // By bytes, as the widths are; no field that is read holds anything but ASCII.
      TextLines text = new TextLines(Texts.strict(content, StandardCharsets.ISO_8859_1), limits);
      int width = width(corrections ? ZME : ZM);
      for (String line = text.next(); line != null; line = text.next()) {
        if (line.isEmpty()) {
          continue;
        }
        if (line.length() != width) {
          throw text.lastWasWhole()
              ? StatementRefused.badLine(
                  text.number(), "has %d bytes instead of %d".formatted(line.length(), width))
              : new StatementRefused(Reason.TRUNCATED, "ends within a record");
        }
        if (corrections) {
          correction(fields(line, ZME, text.number()), of, text.number());
        } else {
          payment(fields(line, ZM, text.number()), of, text.number());
        }
      }
    }

    private static LocalDate settlementDay(String yymmdd) throws StatementRefused {
      try {
        return LocalDate.of(
            2000 + Integer.parseInt(yymmdd.substring(0, 2)),
            Integer.parseInt(yymmdd.substring(2, 4)),
            Integer.parseInt(yymmdd.substring(4)));
      } catch (DateTimeException e) {
        throw new StatementRefused(Reason.BAD_MEMBERS, "has a member of no day");
      }
    }

    private static String[] fields(String line, int[] widths, int at) throws StatementRefused {
      String[] fields = new String[widths.length];
      int from = 0;
      for (int i = 0; i < widths.length; i++) {
        fields[i] = line.substring(from, from + widths[i]).strip();
        from += widths[i] + 1;
        if (i < widths.length - 1 && line.charAt(from - 1) != ' ') {
          throw StatementRefused.badLine(at, "has no blank after field %d".formatted(i + 1));
        }
      }
      return fields;
    }

    private void payment(String[] row, LocalDate of, int at) throws IOException {
      if (!row[MERCHANT].equals(merchant)) {
        throw new StatementRefused(
            Reason.WRONG_ACCOUNT, "has records of another merchant than its name says");
      }
      Kind said = kinds.of(row[TYPE]);
      Kind kind = said == null ? Kind.OTHER : said;
      boolean returned = kind == Kind.RETURNED;
      Instant at0 = time(row[TIME], of, at);
      String order = returned && !row[ORIGINAL_ORDER].isEmpty() ? row[ORIGINAL_ORDER] : row[ORDER];
      take(
          kind,
          order.isEmpty() ? null : order,
          row[QUERY_ID],
          amount(row[AMOUNT], at),
          row[CARD],
          at0);
      if (!row[FEE].isEmpty() && !SIGNED.matcher(row[FEE]).matches()) {
        throw StatementRefused.badLine(at, "its fee is not of the expected form");
      }
      long fee = row[FEE].isEmpty() ? 0 : Long.parseLong(row[FEE].substring(1));
      if (fee != 0) {
        take(Kind.FEE, null, row[QUERY_ID], fee, null, at0);
      }
    }

    /** It names no order: a person must look at it. */
    private void correction(String[] row, LocalDate of, int at) throws IOException {
      take(
          Kind.RETURNED,
          null,
          "ZME-" + row[TRACE] + "-" + row[TIME],
          amount(row[AMOUNT], at),
          row[CARD],
          time(row[TIME], of, at));
    }

    private void take(
        Kind kind,
        @Nullable String order,
        String reference,
        long minor,
        @Nullable String card,
        Instant booked)
        throws IOException {
      if (++number > limits.maxLines()) {
        throw new StatementRefused(
            Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
      }
      lines.take(
          new StatementLine(
              number,
              kind,
              order,
              reference,
              minor,
              CNY,
              card == null || card.isEmpty() ? null : card,
              booked));
    }

    private static long amount(String text, int at) throws StatementRefused {
      if (!DIGITS.matcher(text).matches()) {
        throw StatementRefused.badLine(at, "its amount is not of the expected form");
      }
      return Long.parseLong(text);
    }

    /** MMDDhhmmss; the year is that of the settlement, or the one before in January. */
    private Instant time(String text, LocalDate of, int at) throws StatementRefused {
      if (!text.matches("\\d{10}")) {
        throw StatementRefused.badLine(at, "its time is not of the expected form");
      }
      try {
        int month = Integer.parseInt(text.substring(0, 2));
        return LocalDateTime.of(
                month > of.getMonthValue() ? of.getYear() - 1 : of.getYear(),
                month,
                Integer.parseInt(text.substring(2, 4)),
                Integer.parseInt(text.substring(4, 6)),
                Integer.parseInt(text.substring(6, 8)),
                Integer.parseInt(text.substring(8)))
            .atZone(zone)
            .toInstant();
      } catch (DateTimeException e) {
        throw StatementRefused.badLine(at, "its time is none");
      }
    }

    Coverage coverage() throws StatementRefused {
      if (!payments) {
        throw new StatementRefused(Reason.BAD_MEMBERS, "has no list of payments (ZM) in it");
      }
      return new Coverage(merchant, day, day);
    }
  }
}

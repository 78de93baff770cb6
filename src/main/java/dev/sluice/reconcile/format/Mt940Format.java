package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bank's statement as SWIFT MT940 (Customer Statement Message), with or without its message
 * headers; pages of one statement may follow each other.
 */
public final class Mt940Format implements StatementFormat {
  private static final Pattern TAG = Pattern.compile(":(\\d\\d[A-Z]?):(.*)");
  private static final Pattern BALANCE =
      Pattern.compile("([CD])(\\d{6})([A-Z]{3})(\\d{1,15},\\d{0,3})");

  /** Value date, booking day, mark, funds code, amount, type, our reference, the bank's. */
  private static final Pattern ENTRY =
      Pattern.compile(
          "(\\d{6})(\\d{4})?(R?[CD])([A-Z])?(\\d{1,15},\\d{0,3})([NFS]\\w{3})(.{0,16}?)(?://(.{0,16}))?");

  /** Codes between the parts of a structured field 86. */
  private static final Pattern PART = Pattern.compile("\\?\\d\\d");

  private static final Pattern OUR_NUMBER =
      Pattern.compile("(?<![0-9A-Fa-f])[0-9A-Fa-f]{32}(?![0-9A-Fa-f])");
  private static final Pattern ACCOUNT = Pattern.compile("\\?31(\\w{6,34})|/IBAN/(\\w{6,34})");
  private static final Set<String> RETURNS = Set.of("RTI", "RET", "RTR");
  private static final Set<String> FEES = Set.of("CHG", "COM", "FEE");
  private static final int MOST_INFORMATION = 4_096;

  private final Limits limits;
  private final ZoneId zone;
  private final Map<String, Kind> kinds;

  /**
   * A reader of such statements.
   *
   * @param kinds what further transaction types (the three letters after N, F or S) mean
   */
  public Mt940Format(Limits limits, ZoneId zone, Map<String, Kind> kinds) {
    this.limits = limits;
    this.zone = zone;
    this.kinds = Map.copyOf(kinds);
  }

  @Override
  public Coverage read(InputStream file, Lines lines) throws IOException {
    Reading reading = new Reading(lines);
    try {
      TextLines text =
          new TextLines(
              Texts.strict(LimitedInput.plain(file, limits), StandardCharsets.ISO_8859_1), limits);
      for (String line = text.next(); line != null; line = text.next()) {
        reading.line(line, text.number());
      }
    } catch (IOException e) {
      throw Texts.refused(e);
    }
    return reading.coverage();
  }

  private record Balance(long minor, String currency, LocalDate day) {}

  /** An entry that waits for its field 86. */
  private record Entry(Matcher parts, int line) {}

  /** One pass over one file. */
  private final class Reading {
    private final Lines lines;
    private final StringBuilder information = new StringBuilder();
    private String tag = "";
    private @Nullable Entry entry;
    private @Nullable String account;
    private @Nullable Balance opening;
    private @Nullable Balance page;
    private @Nullable Balance closing;
    private int number;
    private long change;

    Reading(Lines lines) {
      this.lines = lines;
    }

    void line(String line, int at) throws IOException {
      for (int i = 0; i < line.length(); i++) {
        if (line.charAt(i) < ' ' && line.charAt(i) != '\t') {
          throw new StatementRefused(Reason.UNREADABLE, "is not in the expected encoding");
        }
      }
      int block = line.indexOf("{4:");
      String text = block >= 0 ? line.substring(block + 3) : line;
      if (text.isBlank() || text.equals("-") || text.startsWith("-}")) {
        return;
      }
      Matcher field = TAG.matcher(text);
      if (!field.matches()) {
        more(text, at);
        return;
      }
      tag = field.group(1);
      if (!tag.equals("86")) {
        flush();
      }
      field(field.group(2), at);
    }

    /** A further line of the field before. */
    private void more(String text, int at) throws StatementRefused {
      switch (tag) {
        case "86", "61" -> inform(text);
        case "" -> {
          if (!text.startsWith("{")) {
            throw new StatementRefused(Reason.WRONG_TEMPLATE, "is not an MT940 statement");
          }
        }
        default -> throw StatementRefused.badLine(at, "belongs to no field");
      }
    }

    private void inform(String text) throws StatementRefused {
      if (information.length() + text.length() > MOST_INFORMATION) {
        throw new StatementRefused(Reason.LINE_TOO_LONG, "has a field 86 that is too long");
      }
      information.append(text);
    }

    private void field(String value, int at) throws IOException {
      switch (tag) {
        case "25", "25P" -> account(value.strip());
        case "60F" -> {
          if (opening != null) {
            throw new StatementRefused(Reason.WRONG_TEMPLATE, "holds more than one statement");
          }
          opening = balance(value, at);
        }
        case "60M" -> {
          Balance continued = balance(value, at);
          if (page == null || page.minor() != continued.minor()) {
            throw new StatementRefused(Reason.TRUNCATED, "a page before this one is missing");
          }
          page = null;
        }
        case "61" -> {
          Matcher parts = ENTRY.matcher(value);
          if (!parts.matches()) {
            throw StatementRefused.badLine(at, "is no entry");
          }
          if (opening == null || closing != null) {
            throw StatementRefused.badLine(at, "stands outside of its balances");
          }
          entry = new Entry(parts, at);
        }
        case "62M" -> {
          page = balance(value, at);
          adds(page);
        }
        case "62F" -> {
          closing = balance(value, at);
          adds(closing);
        }
        case "86" -> {
          if (entry != null) {
            inform(value);
          }
        }
        default -> {
          // references, sequence numbers, available balances
        }
      }
    }

    private void account(String said) throws StatementRefused {
      if (account != null && !account.equals(said)) {
        throw new StatementRefused(Reason.WRONG_ACCOUNT, "holds statements of two accounts");
      }
      account = said;
    }

    private static Balance balance(String text, int at) throws StatementRefused {
      Matcher parts = BALANCE.matcher(text.strip());
      if (!parts.matches()) {
        throw StatementRefused.badLine(at, "is no balance");
      }
      String currency = String.valueOf(parts.group(3));
      long minor = minor(String.valueOf(parts.group(4)), currency, at);
      return new Balance(
          "D".equals(parts.group(1)) ? -minor : minor,
          currency,
          day(String.valueOf(parts.group(2)), at));
    }

    private static long minor(String text, String currency, int at) throws StatementRefused {
      try {
        return Amounts.minor(text, ',', Amounts.digits(currency));
      } catch (NumberFormatException e) {
        throw StatementRefused.badLine(at, "its amount or currency " + e.getMessage());
      }
    }

    private static LocalDate day(String yymmdd, int at) throws StatementRefused {
      try {
        return LocalDate.of(
            2000 + Integer.parseInt(yymmdd.substring(0, 2)),
            Integer.parseInt(yymmdd.substring(2, 4)),
            Integer.parseInt(yymmdd.substring(4)));
      } catch (DateTimeException e) {
        throw StatementRefused.badLine(at, "its day is none");
      }
    }

    private void adds(Balance end) throws StatementRefused {
      if (opening == null) {
        throw new StatementRefused(Reason.TRUNCATED, "has no opening balance");
      }
      if (!opening.currency().equals(end.currency()) || opening.minor() + change != end.minor()) {
        throw new StatementRefused(
            Reason.BALANCE_DIFFERS,
            "opening %d and entries %d don't make closing %d"
                .formatted(opening.minor(), change, end.minor()));
      }
    }

    /** The entry before is complete. */
    private void flush() throws IOException {
      Entry waiting = entry;
      String said = information.toString();
      entry = null;
      information.setLength(0);
      if (waiting == null || opening == null) {
        return;
      }
      if (++number > limits.maxLines()) {
        throw new StatementRefused(
            Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
      }
      Matcher parts = waiting.parts();
      long minor = minor(String.valueOf(parts.group(5)), opening.currency(), waiting.line());
      String mark = String.valueOf(parts.group(3));
      boolean out = mark.equals("D") || mark.equals("RC");
      change = Math.addExact(change, out ? -minor : minor);
      String bankReference = parts.group(8);
      String ours = parts.group(7);
      Matcher account = ACCOUNT.matcher(said);
      lines.take(
          new StatementLine(
              number,
              kind(mark, String.valueOf(parts.group(6)).substring(1)),
              number(said, ours),
              bankReference != null && !bankReference.isBlank()
                  ? bankReference.strip()
                  : reference(ours),
              minor,
              opening.currency(),
              account.find() ? account.group(account.group(1) == null ? 2 : 1) : null,
              booked(parts, waiting.line()).atTime(LocalTime.NOON).atZone(zone).toInstant()));
    }

    private static @Nullable String reference(@Nullable String ours) {
      return ours == null || ours.isBlank() || ours.strip().equals("NONREF") ? null : ours.strip();
    }

    /** Our number is longer than a reference of the entry: it stands in the text. */
    private static @Nullable String number(String said, @Nullable String ours) {
      Matcher found = OUR_NUMBER.matcher(PART.matcher(said).replaceAll(""));
      if (found.find()) {
        return found.group();
      }
      // Preceded by a code such as EREF+, whose letters may be hexadecimal digits, too.
      Matcher coded =
          Pattern.compile("EREF\\+([0-9A-Fa-f]{32})").matcher(PART.matcher(said).replaceAll(""));
      return coded.find() ? coded.group(1) : null;
    }

    private Kind kind(String mark, String type) {
      Kind own = kinds.get(type);
      if (own != null) {
        return own;
      }
      return switch (mark) {
        case "D" -> FEES.contains(type) ? Kind.FEE : Kind.PAID;
        case "RD" -> Kind.RETURNED;
        case "C" -> RETURNS.contains(type) ? Kind.RETURNED : Kind.OTHER;
        default -> Kind.OTHER;
      };
    }

    /** The booking day has no year: it is the one closest to the value date. */
    private static LocalDate booked(Matcher parts, int at) throws StatementRefused {
      LocalDate value = day(String.valueOf(parts.group(1)), at);
      String monthDay = parts.group(2);
      if (monthDay == null) {
        return value;
      }
      int month = Integer.parseInt(monthDay.substring(0, 2));
      int apart = month - value.getMonthValue();
      int year = value.getYear() + (apart > 6 ? -1 : apart < -6 ? 1 : 0);
      try {
        return LocalDate.of(year, month, Integer.parseInt(monthDay.substring(2)));
      } catch (DateTimeException e) {
        throw StatementRefused.badLine(at, "its day is none");
      }
    }

    Coverage coverage() throws IOException {
      flush();
      if (account == null && opening == null) {
        throw new StatementRefused(Reason.WRONG_TEMPLATE, "is not an MT940 statement");
      }
      if (account == null || opening == null) {
        throw new StatementRefused(Reason.WRONG_TEMPLATE, "lacks its account or opening balance");
      }
      if (closing == null) {
        throw new StatementRefused(Reason.TRUNCATED, "has no closing balance");
      }
      return new Coverage(account, null, closing.day());
    }
  }
}

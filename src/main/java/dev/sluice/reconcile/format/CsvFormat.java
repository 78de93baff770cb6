package dev.sluice.reconcile.format;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import dev.sluice.reconcile.format.StatementLine.Kind;
import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Any CSV file with a heading, by a mapping in configuration. */
public final class CsvFormat implements StatementFormat {
  private static final int MOST_FIELDS = 512;
  private static final int LEAST_BUFFER = 1 << 16;

  private final CsvMapping mapping;
  private final Limits limits;
  private final String currency;
  private final ZoneId zone;
  private final Charset charset;

  /**
   * A reader of such files.
   *
   * @param currency of amounts, where the file has no column of it
   * @param zone of times in the file
   * @throws IllegalArgumentException if the mapping can't be used
   */
  public CsvFormat(CsvMapping mapping, Limits limits, String currency, ZoneId zone) {
    this.mapping = mapping;
    this.limits = limits;
    this.currency = currency;
    this.zone = zone;
    this.charset = Charset.forName(mapping.encoding());
    BookedTimes.of(mapping.dateFormat(), zone);
  }

  @Override
  public Coverage read(InputStream file, Lines lines) throws IOException {
    Reader text = Texts.strict(LimitedInput.plain(file, limits), charset);
    try (CsvReader<CsvRecord> csv =
        CsvReader.builder()
            .fieldSeparator(mapping.separator())
            .allowMissingFields(true)
            .allowExtraFields(true)
            .skipEmptyLines(true)
            .maxBufferSize(Math.max(limits.maxLineChars(), LEAST_BUFFER))
            .build(
                CsvRecordHandler.builder()
                    .maxFields(MOST_FIELDS)
                    .maxFieldSize(limits.maxLineChars())
                    .maxRecordSize(limits.maxLineChars())
                    .build(),
                text)) {
      new Reading(lines).all(csv.iterator());
    } catch (UncheckedIOException e) {
      throw Texts.refused(e.getCause() == null ? new IOException(e) : e.getCause());
    } catch (CsvParseException | NoSuchElementException e) {
      throw e.getCause() instanceof IOException io ? Texts.refused(io) : unparsable(e);
    } catch (IOException e) {
      throw Texts.refused(e);
    }
    return Coverage.UNSAID;
  }

  /** The parser tells its bounds and a broken file apart by its words alone. */
  private static StatementRefused unparsable(RuntimeException e) {
    boolean tooLong = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      tooLong |= message.contains("max") && !message.contains("maximum limit of");
    }
    return tooLong
        ? new StatementRefused(Reason.LINE_TOO_LONG, "has a line that is too long")
        : new StatementRefused(Reason.UNREADABLE, "is not a CSV file");
  }

  /** One pass over one file. */
  private final class Reading {
    private final Lines lines;
    private final BookedTimes times = BookedTimes.of(mapping.dateFormat(), zone);
    private final int defaultDigits = Amounts.digits(currency);
    private int width;
    private int requestNumber;
    private int reference;
    private int amount;
    private int currencyColumn;
    private int status;
    private int beneficiary;
    private int bookedAt;
    private int count;
    private long total;

    Reading(Lines lines) {
      this.lines = lines;
    }

    void all(Iterator<CsvRecord> records) throws IOException {
      if (!records.hasNext()) {
        throw new StatementRefused(Reason.WRONG_TEMPLATE, "is empty");
      }
      heading(records.next());
      boolean ended = false;
      while (records.hasNext()) {
        CsvRecord row = records.next();
        if (ended) {
          throw StatementRefused.badLine(row.getStartingLineNumber(), "stands after the trailer");
        }
        CsvMapping.Trailer trailer = mapping.trailer();
        if (trailer != null && clean(row.getField(0)).equals(trailer.marker())) {
          checkTrailer(row, trailer);
          ended = true;
        } else {
          entry(row);
        }
      }
      if (!ended && mapping.trailer() != null) {
        throw new StatementRefused(Reason.TRUNCATED, "has no trailer");
      }
    }

    private void heading(CsvRecord row) throws StatementRefused {
      List<String> names = row.getFields().stream().map(CsvFormat::clean).toList();
      for (String required : mapping.required()) {
        if (names.indexOf(required) < 0 || names.indexOf(required) != names.lastIndexOf(required)) {
          throw new StatementRefused(Reason.WRONG_TEMPLATE, "has not one column named " + required);
        }
      }
      CsvMapping.Columns columns = mapping.columns();
      width = names.size();
      requestNumber = indexOf(names, columns.requestNumber());
      reference = indexOf(names, columns.reference());
      amount = names.indexOf(columns.amount());
      currencyColumn = indexOf(names, columns.currency());
      status = indexOf(names, columns.status());
      beneficiary = indexOf(names, columns.beneficiary());
      bookedAt = indexOf(names, columns.bookedAt());
    }

    private void entry(CsvRecord row) throws IOException {
      long at = row.getStartingLineNumber();
      if (row.getFieldCount() != width) {
        throw StatementRefused.badLine(
            at, "has %d fields instead of %d".formatted(row.getFieldCount(), width));
      }
      if (++count > limits.maxLines()) {
        throw new StatementRefused(
            Reason.TOO_MANY_LINES, "more than %d lines".formatted(limits.maxLines()));
      }
      String code = currencyColumn < 0 ? currency : clean(row.getField(currencyColumn));
      long minor;
      try {
        minor = minor(clean(row.getField(amount)), code);
      } catch (NumberFormatException e) {
        throw StatementRefused.badLine(at, "its amount or currency " + e.getMessage());
      }
      total = Math.addExact(total, minor);
      String booked = field(row, bookedAt);
      lines.take(
          new StatementLine(
              count,
              kind(row, minor, at),
              field(row, requestNumber),
              field(row, reference),
              Math.abs(minor),
              code,
              field(row, beneficiary),
              booked == null ? null : times.at(booked, at)));
    }

    private long minor(String text, String code) {
      int digits =
          mapping.amountUnit() == CsvMapping.Unit.MINOR
              ? 0
              : code.equals(currency) ? defaultDigits : Amounts.digits(code);
      return Amounts.minor(text, mapping.decimalMark(), digits);
    }

    private Kind kind(CsvRecord row, long minor, long at) throws StatementRefused {
      Kind said = status < 0 ? null : mapping.statuses().get(clean(row.getField(status)));
      if (status >= 0 && said == null) {
        throw StatementRefused.badLine(at, "its status is not one of those configured");
      }
      boolean out =
          switch (mapping.sign()) {
            case UNSIGNED -> {
              if (minor < 0) {
                throw StatementRefused.badLine(at, "its amount is negative");
              }
              yield said != Kind.RETURNED;
            }
            case NEGATIVE_IS_PAID -> minor < 0;
            case POSITIVE_IS_PAID -> minor >= 0;
          };
      if (said == null) {
        return out ? Kind.PAID : Kind.RETURNED;
      }
      if ((said == Kind.PAID && !out) || (said == Kind.RETURNED && out)) {
        throw StatementRefused.badLine(at, "its status and the sign of its amount contradict");
      }
      return said;
    }

    private void checkTrailer(CsvRecord row, CsvMapping.Trailer trailer) throws StatementRefused {
      Long counted = number(row, trailer.countField(), 0);
      if (counted != null && counted != count) {
        throw new StatementRefused(
            Reason.COUNT_DIFFERS, "counts %d lines, and has %d".formatted(counted, count));
      }
      Long summed = amount(row, trailer.totalField());
      if (summed != null && summed != total) {
        throw new StatementRefused(
            Reason.TOTAL_DIFFERS, "says %d, and adds up to %d".formatted(summed, total));
      }
      Long opening = amount(row, trailer.openingField());
      Long closing = amount(row, trailer.closingField());
      // What was paid left the account, whichever sign the file gives it.
      long change = mapping.sign() == CsvMapping.Sign.NEGATIVE_IS_PAID ? total : -total;
      if (opening != null && closing != null && opening + change != closing) {
        throw new StatementRefused(
            Reason.BALANCE_DIFFERS,
            "opening %d and entries %d don't make closing %d".formatted(opening, change, closing));
      }
    }

    private @Nullable Long amount(CsvRecord row, @Nullable Integer field) throws StatementRefused {
      boolean minor = mapping.amountUnit() == CsvMapping.Unit.MINOR;
      return number(row, field, minor ? 0 : defaultDigits);
    }

    private @Nullable Long number(CsvRecord row, @Nullable Integer field, int digits)
        throws StatementRefused {
      if (field == null) {
        return null;
      }
      if (row.getFieldCount() <= field) {
        throw new StatementRefused(Reason.TRUNCATED, "its trailer is cut off");
      }
      try {
        return Amounts.minor(clean(row.getField(field)), mapping.decimalMark(), digits);
      } catch (NumberFormatException e) {
        throw StatementRefused.badLine(row.getStartingLineNumber(), "its trailer is no number");
      }
    }
  }

  private static int indexOf(List<String> names, @Nullable String name) {
    return name == null ? -1 : names.indexOf(name);
  }

  private static @Nullable String field(CsvRecord row, int index) {
    if (index < 0) {
      return null;
    }
    String text = clean(row.getField(index));
    return text.isEmpty() ? null : text;
  }

  /** Without blanks, tabs, a byte-order mark, and the backtick that keeps sheets from rounding. */
  static String clean(String field) {
    int from = 0;
    int to = field.length();
    while (from < to && isPadding(field.charAt(from))) {
      from++;
    }
    while (to > from && isPadding(field.charAt(to - 1))) {
      to--;
    }
    return field.substring(from, to);
  }

  private static boolean isPadding(char c) {
    return c <= ' ' || c == '`' || c == '\uFEFF' || c == '\u3000';
  }
}

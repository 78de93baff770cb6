package dev.sluice.reconcile.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.time.zone.ZoneOffsetTransition;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads times of a zone; a date without a time is taken as its noon. Patterns of whole numbers at
 * fixed places, as nearly all are, are read without a formatter: it would be the dearest part of
 * reading a line. One instance reads one file.
 */
final class BookedTimes {
  /** Nothing but these, once each, and signs between them. */
  private static final Pattern FIXED =
      Pattern.compile("(?=.*uuuu)(?=.*MM)(?=.*dd)(?=.*HH)(?=.*mm)(?=.*ss)[uMdHms \\-/.:年月日]+");

  private static final int LENGTH_WITHOUT_SIGNS = 14;

  private final String pattern;
  private final DateTimeFormatter format;
  private final ZoneId zone;
  private final boolean fixed;
  private int lastDate = -1;
  private long lastMidnight;

  private BookedTimes(String pattern, ZoneId zone) {
    this.pattern = pattern;
    this.format = DateTimeFormatter.ofPattern(pattern).withResolverStyle(ResolverStyle.STRICT);
    this.zone = zone;
    this.fixed =
        FIXED.matcher(pattern).matches()
            && pattern.replaceAll("[^uMdHms]", "").length() == LENGTH_WITHOUT_SIGNS;
  }

  /**
   * Reads this pattern.
   *
   * @throws IllegalArgumentException if it isn't a pattern
   */
  static BookedTimes of(String pattern, ZoneId zone) {
    // "uuuu" is what resolves strictly, and "yyyy" what people write.
    return new BookedTimes(pattern.replace("yyyy", "uuuu"), zone);
  }

  Instant at(String text, long line) throws StatementRefused {
    Instant quick = fixed ? quick(text) : null;
    if (quick != null) {
      return quick;
    }
    try {
      TemporalAccessor read =
          format.parseBest(text, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
      return switch (read) {
        case ZonedDateTime time -> time.toInstant();
        case LocalDateTime time -> time.atZone(zone).toInstant();
        case LocalDate date -> date.atTime(LocalTime.NOON).atZone(zone).toInstant();
        default -> throw new DateTimeException("neither date nor time");
      };
    } catch (DateTimeException e) {
      throw StatementRefused.badLine(line, "its time is not of the expected form");
    }
  }

  /** By place; null if the text isn't of that form, or its day needs a closer look. */
  private @Nullable Instant quick(String text) {
    if (text.length() != pattern.length()) {
      return null;
    }
    int date = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int month = 0;
    int day = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      char place = pattern.charAt(i);
      boolean isNumber = place >= 'A' && place <= 'z';
      if (isNumber ? digit < 0 || digit > 9 : text.charAt(i) != place) {
        return null;
      }
      switch (place) {
        case 'u' -> date = date * 10 + digit;
        case 'M' -> month = month * 10 + digit;
        case 'd' -> day = day * 10 + digit;
        case 'H' -> hour = hour * 10 + digit;
        case 'm' -> minute = minute * 10 + digit;
        case 's' -> second = second * 10 + digit;
        default -> {
          // a sign
        }
      }
    }
    date = (date * 100 + month) * 100 + day;
    if (hour > 23 || minute > 59 || second > 59 || (date != lastDate && !turnTo(date))) {
      return null;
    }
    return Instant.ofEpochSecond(lastMidnight + hour * 3600L + minute * 60L + second);
  }

  /** False if there's no such day, or the clocks are changed on it. */
  private boolean turnTo(int date) {
    LocalDate day;
    try {
      day = LocalDate.of(date / 10_000, date / 100 % 100, date % 100);
    } catch (DateTimeException e) {
      return false;
    }
    Instant midnight = day.atStartOfDay(zone).toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(midnight.minusSeconds(1));
    boolean even =
        change == null
            || !change.getInstant().isBefore(day.plusDays(1).atStartOfDay(zone).toInstant());
    if (even) {
      lastDate = date;
      lastMidnight = midnight.getEpochSecond();
    }
    return even;
  }
}

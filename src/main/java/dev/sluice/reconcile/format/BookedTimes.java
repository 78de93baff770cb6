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

/** Reads times of a zone; a date without a time is taken as its noon. */
final class BookedTimes {
  private final DateTimeFormatter format;
  private final ZoneId zone;

  private BookedTimes(DateTimeFormatter format, ZoneId zone) {
    this.format = format;
    this.zone = zone;
  }

  /**
   * Reads this pattern.
   *
   * @throws IllegalArgumentException if it isn't a pattern
   */
  static BookedTimes of(String pattern, ZoneId zone) {
    // "uuuu" is what resolves strictly, and "yyyy" what people write.
    return new BookedTimes(
        DateTimeFormatter.ofPattern(pattern.replace("yyyy", "uuuu"))
            .withResolverStyle(ResolverStyle.STRICT),
        zone);
  }

  Instant at(String text, long line) throws StatementRefused {
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
}

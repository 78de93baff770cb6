package dev.sluice.reconcile;

import dev.sluice.reconcile.format.StatementFormat;
import java.nio.file.Path;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * One list that a channel keeps of what it paid.
 *
 * @param onlyCurrency the only currency on it, or null
 * @param drop a directory from which files are taken, or null
 * @param dateInName how a file's name gives its day, or null
 * @param queryWindow how long after it was sent a payout may still come to be
 */
record Source(
    String name,
    String channel,
    @Nullable String account,
    @Nullable String onlyCurrency,
    BusinessCalendar calendar,
    Duration grace,
    Duration queryWindow,
    @Nullable LocalDate since,
    StatementFormat format,
    @Nullable Path drop,
    @Nullable DateTimeFormatter dateInName,
    FetchSettings fetch) {

  /**
   * A source as it is configured.
   *
   * @throws IllegalArgumentException if it can't be used
   */
  static Source of(
      String name, ReconcileSettings.Source s, Duration queryWindow, ReconcileSettings settings) {
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("sluice.reconcile.sources: " + name + " is no name");
    }
    s.fetch().check(name);
    return new Source(
        name,
        s.channel() == null ? name : s.channel(),
        s.account(),
        s.onlyCurrency() ? s.currency() : null,
        s.calendar(),
        s.grace(),
        queryWindow,
        s.since(),
        s.reader(settings.limits()),
        s.drop(),
        s.dateInName() == null ? null : DateTimeFormatter.ofPattern(s.dateInName()),
        s.fetch());
  }

  /** The business day that a file's name gives; null if it gives none. */
  @Nullable LocalDate dayIn(String fileName) {
    if (dateInName == null) {
      return null;
    }
    for (int from = 0; from < fileName.length(); from++) {
      ParsePosition at = new ParsePosition(from);
      TemporalAccessor read = dateInName.parseUnresolved(fileName, at);
      if (read != null && at.getErrorIndex() < 0) {
        try {
          return LocalDate.parse(fileName.substring(from, at.getIndex()), dateInName);
        } catch (DateTimeException e) {
          // digits that are no day; it may stand further on
        }
      }
    }
    return null;
  }
}

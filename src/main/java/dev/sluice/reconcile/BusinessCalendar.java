package dev.sluice.reconcile;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Set;

/**
 * A channel's business days: in its own zone, up to its cut-off, over weekends, holidays and days
 * moved to work. What lies on a day without business belongs to the next business day.
 */
public final class BusinessCalendar {
  private static final int LONGEST_BREAK_DAYS = 60;

  private final ZoneId zone;
  private final LocalTime cutOff;
  private final boolean worksWeekends;
  private final Set<LocalDate> holidays;
  private final Set<LocalDate> workdays;

  /**
   * A calendar.
   *
   * @param cutOff when a business day ends; midnight is the end of the day itself
   * @param worksWeekends whether Saturdays and Sundays are business days
   * @param holidays days without business
   * @param workdays days with business that would be none: moved workdays
   */
  public BusinessCalendar(
      ZoneId zone,
      LocalTime cutOff,
      boolean worksWeekends,
      Collection<LocalDate> holidays,
      Collection<LocalDate> workdays) {
    this.zone = zone;
    this.cutOff = cutOff;
    this.worksWeekends = worksWeekends;
    this.holidays = Set.copyOf(holidays);
    this.workdays = Set.copyOf(workdays);
  }

  /** The zone of its times. */
  public ZoneId zone() {
    return zone;
  }

  /** Whether the channel works on this day. */
  public boolean isBusinessDay(LocalDate day) {
    if (workdays.contains(day)) {
      return true;
    }
    boolean weekend =
        day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
    return !holidays.contains(day) && (worksWeekends || !weekend);
  }

  /** The business day that an instant belongs to. */
  public LocalDate dayOf(Instant at) {
    LocalDateTime local = at.atZone(zone).toLocalDateTime();
    boolean afterCutOff =
        !cutOff.equals(LocalTime.MIDNIGHT) && !local.toLocalTime().isBefore(cutOff);
    LocalDate day = afterCutOff ? local.toLocalDate().plusDays(1) : local.toLocalDate();
    return isBusinessDay(day) ? day : next(day);
  }

  /** The next business day after a day. */
  public LocalDate next(LocalDate day) {
    return step(day, 1);
  }

  /** The last business day before a day. */
  public LocalDate previous(LocalDate day) {
    return step(day, -1);
  }

  /** The first instant of a business day. */
  public Instant start(LocalDate day) {
    return end(previous(day));
  }

  /** The first instant after a business day. */
  public Instant end(LocalDate day) {
    LocalDateTime end =
        cutOff.equals(LocalTime.MIDNIGHT)
            ? day.plusDays(1).atStartOfDay()
            : LocalDateTime.of(day, cutOff);
    return end.atZone(zone).toInstant();
  }

  private LocalDate step(LocalDate from, int by) {
    LocalDate day = from.plusDays(by);
    for (int i = 0; i < LONGEST_BREAK_DAYS; i++) {
      if (isBusinessDay(day)) {
        return day;
      }
      day = day.plusDays(by);
    }
    throw new IllegalStateException(
        "no business day within %d days of %s".formatted(LONGEST_BREAK_DAYS, from));
  }
}

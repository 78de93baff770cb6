package dev.sluice.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The week of a spring festival: Monday and Tuesday are off, Saturday is worked instead. */
class BusinessCalendarTest {
  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final LocalDate FRIDAY = LocalDate.of(2026, 2, 13);
  private static final LocalDate SATURDAY = FRIDAY.plusDays(1);
  private static final LocalDate WEDNESDAY = FRIDAY.plusDays(5);

  private final BusinessCalendar calendar =
      new BusinessCalendar(
          SHANGHAI,
          LocalTime.MIDNIGHT,
          false,
          List.of(FRIDAY.plusDays(3), FRIDAY.plusDays(4)),
          List.of(SATURDAY));

  private static ZonedDateTime at(LocalDate day, int hour, ZoneId zone) {
    return day.atTime(hour, 0).atZone(zone);
  }

  @Test
  void knowsWeekendsHolidaysAndMovedWorkdays() {
    assertThat(calendar.isBusinessDay(SATURDAY)).isTrue();
    assertThat(calendar.isBusinessDay(SATURDAY.plusDays(7))).isFalse();
    assertThat(calendar.isBusinessDay(FRIDAY.plusDays(3))).isFalse();
    assertThat(calendar.next(FRIDAY)).isEqualTo(SATURDAY);
    assertThat(calendar.next(SATURDAY)).isEqualTo(WEDNESDAY);
    assertThat(calendar.previous(WEDNESDAY)).isEqualTo(SATURDAY);
  }

  @Test
  void putsWhatLiesOnDaysWithoutBusinessOnTheNextBusinessDay() {
    assertThat(calendar.dayOf(at(FRIDAY, 23, SHANGHAI).toInstant())).isEqualTo(FRIDAY);
    assertThat(calendar.dayOf(at(SATURDAY, 23, SHANGHAI).toInstant())).isEqualTo(SATURDAY);
    assertThat(calendar.dayOf(at(FRIDAY.plusDays(2), 9, SHANGHAI).toInstant()))
        .isEqualTo(WEDNESDAY);
    assertThat(calendar.start(WEDNESDAY))
        .isEqualTo(at(FRIDAY.plusDays(2), 0, SHANGHAI).toInstant());
    assertThat(calendar.end(WEDNESDAY)).isEqualTo(at(FRIDAY.plusDays(6), 0, SHANGHAI).toInstant());
  }

  @Test
  void endsADayAtTheCutOffOfItsOwnZone() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    BusinessCalendar bank =
        new BusinessCalendar(berlin, LocalTime.of(18, 0), true, List.of(), List.of());
    LocalDate clocksTurn = LocalDate.of(2026, 3, 29);

    assertThat(bank.dayOf(at(clocksTurn, 17, berlin).toInstant())).isEqualTo(clocksTurn);
    assertThat(bank.dayOf(at(clocksTurn, 18, berlin).toInstant()))
        .isEqualTo(clocksTurn.plusDays(1));
    assertThat(Duration.between(bank.start(clocksTurn), bank.end(clocksTurn))).hasHours(23);
  }
}

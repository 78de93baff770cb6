package dev.sluice.channel;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** When a channel takes orders: from a time of day to another, in its own zone. */
final class OpeningHours {
  private final @Nullable LocalTime from;
  private final LocalTime to;
  private final ZoneId zone;

  private OpeningHours(@Nullable LocalTime from, LocalTime to, ZoneId zone) {
    this.from = from;
    this.to = to;
    this.zone = zone;
  }

  /**
   * Reads {@code 08:00-22:00}; {@code 22:00-06:00} crosses midnight; null is always.
   *
   * @throws IllegalArgumentException if it can't be read
   */
  static OpeningHours parse(String channel, RoutingSettings.Preference preference) {
    String text = preference.hours();
    try {
      ZoneId zone = ZoneId.of(preference.zone());
      if (text == null || text.isBlank() || text.equals("00:00-24:00")) {
        return new OpeningHours(null, LocalTime.MIDNIGHT, zone);
      }
      String[] sides = text.split("-", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException("not two times");
      }
      String end = sides[1].strip();
      return new OpeningHours(
          LocalTime.parse(sides[0].strip()),
          end.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(end),
          zone);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "sluice.routing.channels.%s: can't read hours '%s' in zone '%s'; write 08:00-22:00"
              .formatted(channel, text, preference.zone()),
          e);
    }
  }

  boolean isOpen(Instant at) {
    if (from == null || from.equals(to)) {
      return true;
    }
    LocalTime time = at.atZone(zone).toLocalTime();
    return from.isBefore(to)
        ? !time.isBefore(from) && time.isBefore(to)
        : !time.isBefore(from) || time.isBefore(to);
  }
}

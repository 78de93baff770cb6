package dev.sluice.notify;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that tests turn by hand. */
final class TurnedClock extends Clock {
  private volatile Instant now = Instant.parse("2026-03-01T10:00:00.123456Z");

  void turn(Duration by) {
    now = now.plus(by);
  }

  void turnTo(Instant at) {
    now = at;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}

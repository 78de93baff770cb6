package dev.sluice.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The virtual clock: each look at it is a microsecond later than the one before, as the database
 * keeps time in microseconds; all else is turned by hand.
 */
final class SimClock extends Clock {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-02T01:00:00Z"));

  void advance(Duration by) {
    now.updateAndGet(t -> t.plus(by));
  }

  void advanceTo(Instant at) {
    now.updateAndGet(t -> at.isAfter(t) ? at : t);
  }

  /** The time, without letting any pass. */
  Instant peek() {
    return now.get();
  }

  @Override
  public Instant instant() {
    return now.updateAndGet(t -> t.plus(1, ChronoUnit.MICROS));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("only UTC");
  }
}

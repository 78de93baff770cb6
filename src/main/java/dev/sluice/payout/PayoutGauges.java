package dev.sluice.payout;

import dev.sluice.review.ReviewCases;
import dev.sluice.withdrawal.Withdrawals;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What metrics tell of the database's state: measured by a worker, read by scrapes. */
final class PayoutGauges {
  private final Withdrawals withdrawals;
  private final ReviewCases reviews;
  private final AtomicLong oldestDueSeconds;
  private final AtomicLong openCases;

  PayoutGauges(Withdrawals withdrawals, ReviewCases reviews, MeterRegistry metrics) {
    this.withdrawals = withdrawals;
    this.reviews = reviews;
    // How long the order that has been due longest waits for an attempt.
    this.oldestDueSeconds =
        Objects.requireNonNull(metrics.gauge("sluice.payout.oldest.due.seconds", new AtomicLong()));
    // Review cases that wait for a person.
    this.openCases = Objects.requireNonNull(metrics.gauge("sluice.review.open", new AtomicLong()));
  }

  /** One step; returns 0, so that its worker waits for the next turn. */
  int measure() {
    oldestDueSeconds.set(Math.round(withdrawals.oldestDueSeconds()));
    openCases.set(reviews.open());
    return 0;
  }
}

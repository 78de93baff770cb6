package dev.sluice.reconcile;

import dev.sluice.reconcile.format.StatementFormat;
import java.time.Duration;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One list that a channel keeps of what it paid.
 *
 * @param onlyCurrency the only currency on it, or null
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
    StatementFormat format) {}

package dev.sluice.withdrawal;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One move, as it is kept.
 *
 * @param from null for the acceptance
 */
public record HistoryEntry(
    UUID withdrawalId,
    int version,
    @Nullable WithdrawalState from,
    WithdrawalState to,
    @Nullable String reason,
    String actor,
    Instant at) {}

package dev.sluice.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a statement with our books.
 *
 * @param version counts the files of one day: a corrected file makes a new one
 * @param current false once a corrected file took its place
 */
public record StatementRun(
    UUID id,
    UUID fileId,
    String source,
    String channel,
    LocalDate businessDate,
    int version,
    boolean current,
    Instant comparedAt,
    @Nullable Instant finishedAt) {}

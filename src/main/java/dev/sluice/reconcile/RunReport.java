package dev.sluice.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a run found.
 *
 * @param openBreaks breaks that aren't closed
 * @param oldestOpenSeconds how long the oldest of these is open
 */
public record RunReport(
    UUID runId,
    UUID fileId,
    String source,
    String channel,
    LocalDate businessDate,
    int version,
    boolean current,
    Instant comparedAt,
    @Nullable Instant finishedAt,
    List<Currency> currencies,
    List<Kind> breaks,
    long openBreaks,
    long oldestOpenSeconds) {

  /**
   * One currency, in its minor units.
   *
   * @param totals what stands in the file, and what we have
   * @param matchedLines lines that our books confirm, on their own day or another
   * @param matchedMinor what went from clearing to bank for this statement; returns taken off
   * @param atRiskMinor the sum of what open breaks may cost
   */
  public record Currency(Totals totals, long matchedLines, long matchedMinor, long atRiskMinor) {}

  /** How many breaks of a kind there are, and how many of them are closed. */
  public record Kind(Break.Kind kind, long count, long closed) {}
}

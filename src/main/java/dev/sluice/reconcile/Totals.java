package dev.sluice.reconcile;

/**
 * What a run found in one currency, in minor units.
 *
 * @param plainLines lines that matched outright, on the day itself
 * @param oursCount payouts that we hold for paid on the day
 */
public record Totals(
    String currency,
    long paidLines,
    long paidMinor,
    long refusedLines,
    long returnedLines,
    long returnedMinor,
    long feeLines,
    long feeMinor,
    long otherLines,
    long plainLines,
    long plainMinor,
    long oursCount,
    long oursMinor) {}

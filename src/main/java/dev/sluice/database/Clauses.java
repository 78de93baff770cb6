package dev.sluice.database;

import dev.sluice.database.RoundTrip.Parameters;

/**
 * One package's share of a statement that writes tables of several: common table expressions, to be
 * put after {@code with} and between commas. One statement is all or nothing without a transaction
 * around it, and costs one trip.
 *
 * @param sql with a question mark per parameter and for nothing else
 * @param count of its parameters
 * @param parameters sets them
 */
public record Clauses(String sql, int count, Parameters parameters) {}

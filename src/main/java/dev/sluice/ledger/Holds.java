package dev.sluice.ledger;

import dev.sluice.database.Clauses;

/**
 * The ledger's share of the one statement that writes orders and their holds.
 *
 * @param covered changes the balances; its {@code covered (all_are)} is one row, which is true.
 *     Whatever else the statement writes has to be read from it, so that accounts are locked before
 *     anything else and nobody waits in a circle
 * @param written writes what each order holds, read from that
 */
public record Holds(Clauses covered, Clauses written) {}

package dev.sluice.ledger;

import java.util.UUID;

/**
 * What one order holds.
 *
 * @param cause the order
 * @param amount with the fee, in minor units
 */
public record Hold(UUID cause, long accountId, long amount) {}

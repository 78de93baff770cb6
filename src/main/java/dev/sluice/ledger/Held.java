package dev.sluice.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What orders hold on one account together.
 *
 * @param total in minor units
 * @param registrations of the account as the caller knows it, or null if it has the account locked
 */
public record Held(long accountId, long total, @Nullable Long registrations) {}

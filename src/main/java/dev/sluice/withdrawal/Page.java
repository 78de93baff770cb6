package dev.sluice.withdrawal;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page of orders, newest first.
 *
 * @param next where the next page begins, or null if this is the last
 */
public record Page(List<Withdrawal> orders, @Nullable UUID next) {}

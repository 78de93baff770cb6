package dev.sluice.beneficiary;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's money goes, as it may be shown.
 *
 * @param masked first 6 and last 4 characters of the number
 */
public record Beneficiary(
    UUID id,
    String userId,
    AccountNumber.Kind kind,
    String masked,
    @Nullable String holderName,
    @Nullable String bank,
    Instant createdAt) {}

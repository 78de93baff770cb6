package dev.sluice.withdrawal;

import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.money.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request whose form was checked.
 *
 * @param keyHash of operation, user and idempotency key: unique for ever
 * @param requestHash keyed hash of what is asked for, to tell a repetition from another request
 */
public record WithdrawalRequest(
    String userId,
    Money amount,
    BeneficiaryReference beneficiary,
    @Nullable String note,
    UUID keyHash,
    UUID requestHash) {}

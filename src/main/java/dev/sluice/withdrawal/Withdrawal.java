package dev.sluice.withdrawal;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.money.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user's order to move money from the wallet to an account outside.
 *
 * @param amount what the beneficiary receives
 * @param fee what the platform takes on top; amount and fee are held together
 * @param bankAccount the beneficiary's masked number
 * @param version counts the moves; 1 is the acceptance
 * @param reason why it is where it is, where that needs saying
 */
public record Withdrawal(
    UUID id,
    String userId,
    long accountId,
    UUID beneficiaryId,
    AccountNumber.Kind beneficiaryKind,
    String bankAccount,
    Money amount,
    Money fee,
    WithdrawalState status,
    int version,
    @Nullable String reason,
    @Nullable String note,
    Instant createdAt,
    Instant updatedAt) {

  /** What is held for it. */
  public Money total() {
    return amount.plus(fee);
  }

  Withdrawal moved(WithdrawalState to, @Nullable String why, Instant at) {
    return new Withdrawal(
        id,
        userId,
        accountId,
        beneficiaryId,
        beneficiaryKind,
        bankAccount,
        amount,
        fee,
        to,
        version + 1,
        why,
        note,
        createdAt,
        at);
  }
}

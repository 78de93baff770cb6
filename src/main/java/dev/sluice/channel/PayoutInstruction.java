package dev.sluice.channel;

import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One instruction to pay.
 *
 * @param requestNumber ours, 32 hexadecimal digits, one per attempt
 * @param amount what the beneficiary receives
 * @param beneficiaryKind {@code CARD, IBAN, ALIPAY or WECHAT}
 * @param account the full number: never logged
 * @param holderName as registered, if known
 * @param bank as registered, if known
 * @param note what the beneficiary reads, if any
 * @param at when the attempt was written
 */
public record PayoutInstruction(
    String requestNumber,
    Money amount,
    String beneficiaryKind,
    String account,
    @Nullable String holderName,
    @Nullable String bank,
    @Nullable String note,
    Instant at) {

  @Override
  public String toString() {
    return "PayoutInstruction[%s, %s, %s]".formatted(requestNumber, amount, Masking.mask(account));
  }
}

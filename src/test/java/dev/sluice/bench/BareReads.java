package dev.sluice.bench;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.money.Money;
import dev.sluice.withdrawal.OrderReads;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Instant;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.UUID;

/** Answers for orders and lists without a database. */
final class BareReads {
  private BareReads() {}

  static OrderReads make() {
    return new OrderReads(wanted -> wanted.stream().map(BareReads::answer).toList());
  }

  private static List<Withdrawal> answer(OrderReads.Wanted wanted) {
    return switch (wanted) {
      case OrderReads.ById(UUID id) -> List.of(order(id));
      case OrderReads.Newest newest ->
          Collections.nCopies(newest.limit(), order(new UUID(0x7000, 1)));
    };
  }

  private static Withdrawal order(UUID id) {
    Instant now = Instant.now();
    return new Withdrawal(
        id,
        "B1",
        1,
        new UUID(0x7000, 2),
        AccountNumber.Kind.CARD,
        Wallets.mask(),
        Money.ofMinor(100, "CNY"),
        Money.zero(Currency.getInstance("CNY")),
        WithdrawalState.PENDING,
        1,
        null,
        null,
        now,
        now);
  }
}

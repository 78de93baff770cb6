package dev.sluice.bench;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.money.Money;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Instant;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** Answers queries for orders without asking the database: one by its id, or a page of a user's. */
final class BareReads extends JdbcTemplate {
  private static final String ORDERS = "select w.*, b.kind as beneficiary_kind";
  private static final String BY_ID = "where w.id = ?";
  private static final int PAGE = 20;

  BareReads(JdbcTemplate other) {
    super(Objects.requireNonNull(other.getDataSource()));
  }

  @Override
  @SuppressWarnings("unchecked") // whoever asks for orders maps rows to them
  public <T extends @Nullable Object> List<T> query(
      String sql, RowMapper<T> mapper, @Nullable Object @Nullable ... arguments) {
    if (!sql.startsWith(ORDERS)) {
      return super.query(sql, mapper, arguments);
    }
    boolean byId = sql.contains(BY_ID);
    Object first = Objects.requireNonNull(arguments)[0];
    UUID id = byId && first instanceof UUID asked ? asked : new UUID(0x7000, 1);
    return (List<T>) Collections.nCopies(byId ? 1 : PAGE, order(id));
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

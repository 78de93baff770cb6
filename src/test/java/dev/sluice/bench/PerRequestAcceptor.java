package dev.sluice.bench;

import dev.sluice.beneficiary.AccountNumber;
import dev.sluice.beneficiary.BeneficiaryReference;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.AcceptResult.Refusal;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalRequest;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The baseline: accepting as a good engineer would write it without group commit. One transaction
 * per request, {@code SELECT … FOR UPDATE} on the account, single-row statements (prepared by the
 * driver), the same checks and rows as the product writes.
 */
final class PerRequestAcceptor {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private final Ids ids;

  PerRequestAcceptor(JdbcTemplate jdbc, TransactionTemplate transactions, Clock clock, Ids ids) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
    this.ids = ids;
  }

  private record Wallet(long id, long available) {}

  private record Payee(UUID id, String masked) {}

  AcceptResult accept(WithdrawalRequest request) {
    return Objects.requireNonNull(transactions.execute(status -> acceptLocked(request)));
  }

  private AcceptResult acceptLocked(WithdrawalRequest request) {
    String masked = ((BeneficiaryReference.ByMask) request.beneficiary()).masked();
    String currency = request.amount().currency().getCurrencyCode();
    long amount = request.amount().minor();
    List<Wallet> wallets =
        jdbc.query(
            """
            select id, available from account
             where owner = ? and currency = ? and kind = 'USER' and status = 'ACTIVE' for update
            """,
            (row, n) -> new Wallet(row.getLong(1), row.getLong(2)),
            request.userId(),
            currency);
    if (wallets.isEmpty()) {
      return new AcceptResult.Refused(Refusal.ACCOUNT_NOT_ACTIVE, "none");
    }
    Wallet wallet = wallets.getFirst();
    if (!jdbc.queryForList(
            "select id from withdrawal where key_hash = ?", UUID.class, request.keyHash())
        .isEmpty()) {
      return new AcceptResult.Refused(Refusal.IDEMPOTENCY_KEY_REUSED, "used");
    }
    Payee payee =
        jdbc.query(
                "select id, masked from beneficiary where user_id = ? and masked = ?",
                (row, n) -> new Payee(row.getObject(1, UUID.class), row.getString(2)),
                request.userId(),
                masked)
            .getFirst();
    if (wallet.available() < amount) {
      return new AcceptResult.Refused(Refusal.INSUFFICIENT_FUNDS, "too little");
    }
    Instant now = clock.instant();
    OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
    UUID id = ids.next();
    jdbc.update(
        "update account set available = available - ?, held = held + ?, room = null where id = ?",
        amount,
        amount,
        wallet.id());
    jdbc.update(
        """
        insert into hold (at, causes, accounts, amounts)
        values (?, array[?::uuid], array[?::bigint], array[?::bigint])
        """,
        at,
        id,
        wallet.id(),
        amount);
    jdbc.update(
        """
        insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
               note, key_hash, request_hash, status, version, due_at, created_at, updated_at)
        values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 'PENDING', 1, ?, ?, ?)
        """,
        id,
        request.userId(),
        wallet.id(),
        payee.id(),
        amount,
        currency,
        request.note(),
        request.keyHash(),
        request.requestHash(),
        at,
        at,
        at);
    jdbc.update("insert into payout_due (due_at, orders) values (?, array[?::uuid])", at, id);
    return new AcceptResult.Accepted(
        new Withdrawal(
            id,
            request.userId(),
            wallet.id(),
            payee.id(),
            AccountNumber.Kind.CARD,
            payee.masked(),
            request.amount(),
            Money.zero(request.amount().currency()),
            WithdrawalState.PENDING,
            1,
            null,
            null,
            now,
            now));
  }
}

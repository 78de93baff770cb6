package dev.sluice;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the code would have to do wrong, tried directly on the database: it refuses. */
class DatabaseRefusesTest {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final ModelChannel BANK = new ModelChannel("bank");
  private static final Engine ENGINE = new Engine(DATABASE.dataSource(), new SettableClock(), BANK);
  private static Withdrawal paid;

  @BeforeAll
  static void payOne() {
    ENGINE.wallet("u1", 1_000_000);
    paid = ENGINE.accepted("u1", "k1", 50_000);
    ENGINE.settle();
  }

  @AfterAll
  static void close() {
    ENGINE.close();
    DATABASE.close();
  }

  static Stream<Arguments> illegalMoves() {
    return Stream.of(WithdrawalState.values())
        .flatMap(
            from ->
                Stream.of(WithdrawalState.values())
                    .filter(to -> to != from && !from.next().contains(to))
                    .map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("illegalMoves")
  void everyOtherMove(WithdrawalState from, WithdrawalState to) {
    UUID id = UUID.randomUUID();
    // Inserted where the move begins: the trigger guards moves, not the first state.
    ENGINE.jdbc.update(
        """
        insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
               status, version, key_hash, request_hash, created_at, updated_at)
        select ?, user_id, account_id, beneficiary_id, amount, fee, currency, ?, 1, ?, request_hash,
               created_at, updated_at from withdrawal where id = ?
        """,
        id,
        from.name(),
        UUID.randomUUID(),
        paid.id());
    refuses(
        "update withdrawal set status = '%s', version = version + 1 where id = '%s'"
            .formatted(to, id),
        "may not go from");
    refuses(
        "insert into withdrawal_history values ('%s', 2, '%s', '%s', null, 'x', now())"
            .formatted(id, from, to),
        "history_holds_legal_moves_only");
  }

  @Test
  void aStateThatIsNone() {
    refuses(
        "update withdrawal set status = 'PAID', version = version + 1 where id = '%s'"
            .formatted(paid.id()),
        "order_status_check");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amount = 1",
        "fee = 1",
        "user_id = 'x'",
        "currency = 'USD'",
        "version = 9",
        "created_at = created_at - interval '1 microsecond'"
      })
  void aChangeOfWhatWasAgreed(String change) {
    refuses(
        "update withdrawal set %s where id = '%s'".formatted(change, paid.id()), "may not go from");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update transfer set amount = 1",
        "delete from transfer",
        "truncate transfer",
        "update hold set amounts = array[1]",
        "delete from hold",
        "truncate hold",
        "update withdrawal_history set reason = 'x'",
        "delete from withdrawal_history",
        "delete from withdrawal",
        "delete from payout_attempt",
        "delete from channel_message",
        "update notification set body = '{}'",
        "delete from notification",
        "truncate withdrawal_history",
        "truncate channel_message",
        "truncate notification",
        "truncate notification_delivery",
        "truncate order_log",
        "truncate archived_order",
        "truncate archived_message",
        "delete from credit"
      })
  void aChangeOfWhatOnlyGrows(String sql) {
    refuses(sql, "only grows");
  }

  @Test
  void aSecondAttemptThatMayPay() {
    refuses(
        """
        insert into payout_attempt (id, withdrawal_id, number, channel, request, state, sent_at,
               created_at, updated_at)
        select gen_random_uuid(), withdrawal_id, 2, 'backup', request, 'SENT', now(), now(), now()
          from payout_attempt
        """,
        "one_attempt_that_may_pay");
  }

  @Test
  void aSecondEndOfAHold() {
    refuses(
        """
        insert into transfer select cause, 2, 'RELEASE', debit_account, debit_account, amount,
               currency, at from journal where kind = 'HOLD'
        """,
        "transfer_pkey");
  }

  @Test
  void aNegativeBalance() {
    refuses(
        "update account set available = -1 where kind = 'USER'",
        "user_balances_are_never_negative");
  }

  @Test
  void aStoredBalanceOfASystemAccount() {
    refuses(
        "update account set available = 1 where kind = 'CLEARING'",
        "system_accounts_store_no_balance");
  }

  @Test
  void anotherStateOfAFinalAttempt() {
    refuses("update payout_attempt set state = 'REFUSED'", "a final attempt its state");
  }

  @Test
  void anotherRequestUnderTheSameNumber() {
    refuses("update payout_attempt set request = 'x'", "keeps its request");
  }

  @Test
  void aMessageAppliedTwice() {
    refuses("update channel_message set effect = 'x'", "applied once");
  }

  @Test
  void aSecondOrderForAKey() {
    refuses(
        """
        insert into withdrawal select gen_random_uuid(), user_id, account_id, beneficiary_id, amount,
               fee, currency, status, version, reason, note, key_hash, request_hash, created_at,
               updated_at from withdrawal where id = '%s'
        """
            .formatted(paid.id()),
        "one_withdrawal_per_key");
  }

  private static void refuses(String sql, String because) {
    assertThatThrownBy(() -> ENGINE.jdbc.execute(sql)).hasMessageContaining(because);
  }
}

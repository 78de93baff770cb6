package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ledger.Transfer;
import dev.sluice.support.Rows;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.WithdrawalState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a row may say, value by value: the database refuses all else and allows all of it. */
class DatabaseRulesTest {
  private static final String CHECK_VIOLATION = "23514";
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final JdbcTemplate JDBC = new JdbcTemplate(DATABASE.dataSource());

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          account | kind='GIFT' | account_kind_check
          account | kind='user' | account_kind_check
          account | kind='' | account_kind_check
          account | owner='' | owner_name_check
          account | owner=repeat('x', 65) | owner_name_check
          account | currency='cny' | currency_code_check
          account | currency='CN' | currency_code_check
          account | currency='CNYY' | currency_code_check
          account | currency='CN1' | currency_code_check
          account | currency='ÄBC' | currency_code_check
          account | currency=E'CNY\\n' | currency_code_check
          account | currency='' | currency_code_check
          account | status='OPEN' | account_status_check
          account | available=-1 | user_balances_are_never_negative
          account | held=-1 | user_balances_are_never_negative
          account | kind='BANK'; available=-1; held=0 | user_balances_are_never_negative
          account | kind='BANK'; available=1; held=0 | system_accounts_store_no_balance
          account | kind='FEES'; available=0; held=1 | system_accounts_store_no_balance
          account | kind='FEES'; available=1; held=1 | system_accounts_store_no_balance
          account | kind='CLEARING'; available=9223372036854775807; held=1 | system_accounts_store_no_balance
          transfer | amount=0 | amount_moved_check
          transfer | amount=-1 | amount_moved_check
          transfer | currency='cny' | currency_code_check
          hold | causes='{}'; accounts='{}'; amounts='{}' | hold_causes_check
          hold | causes=array_fill(gen_random_uuid(), array[33]) | hold_causes_check
          hold | causes=array[null]::uuid[] | hold_causes_check
          hold | accounts=array[null]::bigint[] | hold_accounts_check
          hold | amounts='{0}' | hold_amounts_check
          hold | amounts='{-1}' | hold_amounts_check
          hold | amounts='{1,0}'; accounts='{1,1}' | hold_amounts_check
          hold | amounts=array[null]::bigint[] | hold_amounts_check
          hold | amounts='{1,1}' | each_hold_has_its_account_and_amount
          hold | accounts='{1,1}' | each_hold_has_its_account_and_amount
          hold | causes=array[gen_random_uuid(),gen_random_uuid()] | each_hold_has_its_account_and_amount
          withdrawal | user_id='' | owner_name_check
          withdrawal | user_id=repeat('x', 65) | owner_name_check
          withdrawal | amount=0 | amount_moved_check
          withdrawal | fee=-1 | fee_or_none_check
          withdrawal | currency='CNYY' | currency_code_check
          withdrawal | status='PAID' | order_status_check
          withdrawal | version=0 | version_number_check
          withdrawal_history | version=0 | version_number_check
          withdrawal_history | from_status='PAID' | order_status_check
          withdrawal_history | to_status='PAID' | order_status_check
          withdrawal_history | from_status=''; to_status='PENDING REVIEW' | order_status_check
          withdrawal_history | from_status='PENDING REVIEW'; to_status='' | order_status_check
          withdrawal_history | version=1 | history_holds_legal_moves_only
          withdrawal_history | version=1; from_status='PENDING'; to_status='PENDING' | history_holds_legal_moves_only
          withdrawal_history | version=1; from_status=null; to_status='REVIEW' | history_holds_legal_moves_only
          withdrawal_history | version=2; from_status=null; to_status='PENDING' | history_holds_legal_moves_only
          withdrawal_history | version=2; from_status=null; to_status='FAILED' | history_holds_legal_moves_only
          payout_attempt | number=0 | attempt_number_check
          payout_attempt | state='LOST'; due_at=null | attempt_state_check
          payout_attempt | state='LOST' | what_is_final_is_not_due
          payout_attempt | state='PAID' | what_is_final_is_not_due
          payout_attempt | state='REFUSED' | what_is_final_is_not_due
          payout_attempt | state='PAID'; due_at=null; hand_over='x'; hand_over_until=now() | what_is_final_is_not_due
          payout_attempt | hand_over='x' | a_hand_over_ends
          payout_attempt | hand_over_until=now() | a_hand_over_ends
          channel_message | source='MAIL' | message_source_check
          channel_message | kind='SENT' | message_kind_check
          notification_delivery | tries=-1 | number_of_tries_check
          notification_delivery | last_error=repeat('x', 201) | short_error_check
          notification_delivery | state='LOST' | only_pending_deliveries_are_due
          notification_delivery | state='DELIVERED' | only_pending_deliveries_are_due
          notification_delivery | state='GIVEN_UP' | only_pending_deliveries_are_due
          notification_delivery | due_at=null | pending_deliveries_are_due
          notification_delivery | state='LOST'; due_at=null | pending_deliveries_are_due
          notification_delivery | state='DELIVERED'; due_at=null; leased_until=now() | only_pending_deliveries_are_due
          """)
  void refuses(String table, String changes, String rule) {
    refused(Rows.insert(table, changes), rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          account | owner='x'
          account | owner=repeat('界', 64)
          account | available=9223372036854775807; held=9223372036854775807
          account | available=0; held=0
          account | status='FROZEN'
          account | status='CLOSED'
          account | kind='FUNDING'; available=0; held=0
          account | kind='FEES'; available=0; held=0
          account | kind='CLEARING'; available=0; held=0
          account | kind='BANK'; available=0; held=0
          account | kind='RECEIVABLE'; available=0; held=0
          transfer | amount=9223372036854775807
          hold | amounts='{9223372036854775807}'
          hold | causes=array_fill(gen_random_uuid(), array[32]); accounts=array_fill(1::bigint, array[32]); amounts=array_fill(1::bigint, array[32])
          withdrawal | fee=1; user_id=repeat('x', 64); version=2147483647
          withdrawal_history | version=1; from_status=null; to_status='PENDING'
          payout_attempt | state='ACCEPTED'; due_at=null; number=32767
          payout_attempt | state='UNKNOWN'; hand_over='x'; hand_over_until=now()
          payout_attempt | state='SENT'; due_at=null; hand_over='x'; hand_over_until=now()
          payout_attempt | state='PAID'; due_at=null
          payout_attempt | state='REFUSED'; due_at=null
          channel_message | source='QUERY'; kind='ACCEPTED'
          channel_message | source='CALLBACK'; kind='REFUSED'
          channel_message | source='STATEMENT'; kind='UNKNOWN'
          channel_message | kind='RETURNED'
          notification_delivery | leased_until=now(); tries=7; last_error=repeat('界', 200)
          notification_delivery | state='DELIVERED'; due_at=null
          notification_delivery | state='GIVEN_UP'; due_at=null
          """)
  void allows(String table, String changes) {
    allowed(Rows.insert(table, changes));
  }

  @ParameterizedTest
  @EnumSource
  void allowsEveryStateOfAnOrder(WithdrawalState state) {
    allowed(Rows.insert("withdrawal", "status='%s'".formatted(state)));
  }

  @ParameterizedTest
  @EnumSource
  void allowsTheMovesOfTheCodeAndNoOther(WithdrawalState from) {
    for (WithdrawalState to : WithdrawalState.values()) {
      String move =
          Rows.insert("withdrawal_history", "from_status='%s'; to_status='%s'".formatted(from, to));
      if (from.next().contains(to)) {
        allowed(move);
      } else {
        refused(move, "history_holds_legal_moves_only");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void allowsATransferInTheOnePlaceOfItsKind(Transfer.Kind kind) {
    List<Integer> steps = new ArrayList<>(List.of(-32768, -10, 99, 100, 110, 32767));
    for (int step = -2; step < 23; step++) {
      steps.add(step);
    }
    for (int step : steps) {
      for (boolean within : new boolean[] {true, false}) {
        String transfer = transfer(kind.name(), step, within);
        if (isAllowed(kind, step) && within == staysWithinOneAccount(kind)) {
          allowed(transfer);
        } else {
          refused(transfer, "a_step_is_one_of_its_kind");
        }
      }
    }
  }

  private static boolean isAllowed(Transfer.Kind kind, int step) {
    return switch (kind) {
      case TOP_UP, HOLD -> step == 1;
      case POST, RELEASE -> step == 2;
      case FEE -> step == 3;
      case REFUND -> step == 4;
      case SHORTFALL -> step == 5;
      case RECEIVABLE -> step == 6;
      case MATCH -> step >= 1;
      case CORRECTION, RESOLUTION -> step >= 10;
    };
  }

  private static boolean staysWithinOneAccount(Transfer.Kind kind) {
    return kind == Transfer.Kind.HOLD || kind == Transfer.Kind.RELEASE;
  }

  /** Kinds that read like a step and a kind where they are joined. */
  static Stream<String> noKinds() {
    return Stream.of(
        "",
        "GIFT",
        "hold",
        "HOLD ",
        "MATCH\n",
        "1MATCH",
        "MATCH1",
        "TOP_UP1",
        "1TOP_UP",
        "trueHOLD",
        "falseMATCH",
        "1falseMATCH",
        "0falseCORRECTION",
        "CORRECTION10",
        "MATCHfalse",
        "HOLD,2falsePOST");
  }

  @ParameterizedTest
  @MethodSource("noKinds")
  void refusesATransferOfNoKindWhateverItsStep(String kind) {
    for (int step = -1; step < 12; step++) {
      refused(transfer(kind, step, true), "a_step_is_one_of_its_kind");
      refused(transfer(kind, step, false), "a_step_is_one_of_its_kind");
    }
  }

  @Test
  void asksAgainWhenAValueChanges() {
    allowed(Rows.insert("account", "owner='changing'"));
    allowed("update account set available = available - 1 where owner = 'changing'");
    refused(
        "update account set available = available - 1 where owner = 'changing'",
        "user_balances_are_never_negative");
    refused(
        "update account set kind = 'BANK', available = 1 where owner = 'changing'",
        "system_accounts_store_no_balance");
  }

  private static String transfer(String kind, int step, boolean within) {
    return Rows.insert(
        "transfer", "kind='%s'; step=%d; credit_account=%d".formatted(kind, step, within ? 1 : 2));
  }

  private static void allowed(String sql) {
    assertThat(JDBC.update(sql)).as(sql).isEqualTo(1);
  }

  private static void refused(String sql, String rule) {
    assertThatThrownBy(() -> JDBC.update(sql))
        .as(sql)
        .isInstanceOf(DataIntegrityViolationException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(CHECK_VIOLATION))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              ServerErrorMessage message = e.getServerErrorMessage();
              assertThat(message == null ? null : message.getConstraint()).isEqualTo(rule);
            });
  }
}

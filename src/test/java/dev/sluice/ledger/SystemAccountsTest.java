package dev.sluice.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.money.Ids;
import dev.sluice.support.TestDatabase;
import java.time.Clock;
import java.util.Currency;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Accounts that nobody opens but the ledger itself, when it first needs them. */
class SystemAccountsTest {
  private static final Currency CNY = Currency.getInstance("CNY");

  private final TestDatabase database = TestDatabase.create();
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
  private final TransactionTemplate transactions =
      new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
  private final Ledger ledger =
      new Ledger(
          new LedgerStore(jdbc),
          transactions,
          Clock.systemUTC(),
          new Ids(Clock.systemUTC(), new SplittableRandom()));

  @AfterEach
  void drop() {
    database.close();
  }

  /** Several orders of one commit need the same account, and the commit fails. */
  @Test
  void areNotRememberedFromATransactionThatRolledBack() {
    transactions.executeWithoutResult(
        status -> {
          long first = clearing();
          assertThat(clearing()).isEqualTo(first);
          status.setRollbackOnly();
        });
    assertThat(inDatabase()).isEmpty();
    long afterwards = clearing();
    assertThat(inDatabase()).containsExactly(afterwards);
  }

  @Test
  void areRememberedOnceTheyAreCommitted() {
    Long opened = transactions.execute(status -> clearing());
    assertThat(inDatabase()).containsExactly(opened);
    jdbc.execute("alter table account rename to hidden");
    assertThat(clearing()).isEqualTo(opened); // not asked for again
  }

  private long clearing() {
    return ledger.systemAccount(SystemAccount.CLEARING, "bank", CNY);
  }

  private List<Long> inDatabase() {
    return jdbc.queryForList("select id from account where kind = 'CLEARING'", Long.class);
  }
}

package dev.sluice.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.support.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Accounts that nobody opens but the ledger itself, when it first needs them. */
class SystemAccountsTest {
  private static final Currency CNY = Currency.getInstance("CNY");
  private static final Instant NOW = Instant.parse("2026-11-27T06:00:00Z");

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

  @Test
  void areThereOrNothingIsWritten() {
    long there = clearing();
    long nowhere = there + 1_000;
    for (Transfer transfer : List.of(transfer(there, nowhere), transfer(nowhere, there))) {
      assertThatThrownBy(
              () -> transactions.executeWithoutResult(s -> ledger.write(List.of(transfer))))
          .hasMessage("1 transfers are of accounts that are not there");
    }
    assertThat(jdbc.queryForObject("select count(*) from transfer", Long.class)).isZero();
  }

  private static Transfer transfer(long debit, long credit) {
    return Transfer.of(
        UUID.randomUUID(), Transfer.Kind.RESOLUTION, debit, credit, new Money(1, CNY), NOW);
  }

  private long clearing() {
    return ledger.systemAccount(SystemAccount.CLEARING, "bank", CNY);
  }

  private List<Long> inDatabase() {
    return jdbc.queryForList("select id from account where kind = 'CLEARING'", Long.class);
  }
}

package dev.sluice.ledger;

import dev.sluice.money.Ids;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/** Wires the ledger. */
@Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {

  /** The ledger. */
  @Bean
  public Ledger ledger(
      JdbcTemplate jdbc, TransactionOperations transactions, Clock clock, Ids ids) {
    return new Ledger(new LedgerStore(jdbc), transactions, clock, ids);
  }
}

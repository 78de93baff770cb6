package dev.sluice.beneficiary;

import dev.sluice.money.Ids;
import dev.sluice.vault.Vault;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Wires the beneficiaries. */
@Configuration(proxyBeanMethods = false)
public class BeneficiaryConfiguration {

  /** The beneficiaries. */
  @Bean
  public Beneficiaries beneficiaries(JdbcTemplate jdbc, Vault vault, Clock clock, Ids ids) {
    return new Beneficiaries(new BeneficiaryStore(jdbc), vault, clock, ids);
  }
}

package dev.sluice.embedded;

import dev.sluice.embedded.EmbeddedBank.BankKeys;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is there only while no database URL is set: PostgreSQL, the simulated bank, the demo. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbeddedDefault
@EnableConfigurationProperties({EmbeddedSettings.class, SimulatedBankSettings.class})
class EmbeddedConfiguration {
  /** Stopped after whatever uses it: the pool of connections depends on this bean. */
  @Bean(destroyMethod = "close")
  EmbeddedDatabase embeddedDatabase(EmbeddedSettings settings, ObjectProvider<EarlyStart> early) {
    EarlyStart begun = early.getIfAvailable();
    return begun == null ? EmbeddedDatabase.start(settings) : begun.take();
  }

  @Bean
  DevTokens devTokens(
      @Value("${sluice.jwt.issuer}") String issuer,
      @Value("${sluice.jwt.audience}") String audience,
      @Value("${sluice.jwt.hmac-secret}") String secret,
      Clock clock) {
    return new DevTokens(issuer, audience, secret, clock);
  }

  /** Behind the database, which holds the data directory's lock. */
  @Bean(destroyMethod = "close")
  EmbeddedBank embeddedBank(
      EmbeddedDatabase database,
      EmbeddedSettings settings,
      SimulatedBankSettings bank,
      BankKeys keys,
      Clock clock) {
    return EmbeddedBank.start(settings.data().resolve("bank/journal.jsonl"), bank, keys, clock);
  }

  @Bean
  BankKeys bankKeys(
      @Value("${sluice.channels.bank.merchant-id}") String merchantId,
      @Value("${sluice.channels.bank.request-secret}") String requestSecret,
      @Value("${sluice.channels.bank.reply-secret}") String replySecret) {
    return new BankKeys(merchantId, requestSecret, replySecret);
  }

  @Bean
  DemoRunner demoRunner(
      DevTokens tokens, EmbeddedSettings settings, EmbeddedBank bank, Clock clock) {
    return new DemoRunner(new Demo(tokens, settings.data(), clock, System.out), bank.url());
  }
}

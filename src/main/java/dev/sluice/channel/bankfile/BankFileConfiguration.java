package dev.sluice.channel.bankfile;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the bank file channel if {@code sluice.channels.bankfile.host} is set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sluice.channels.bankfile.host")
@EnableConfigurationProperties(BankFileProperties.class)
class BankFileConfiguration {

  @Bean
  BankFileChannel bankFileChannel(BankFileProperties properties, Clock clock) {
    return new BankFileChannel(properties.settings(), clock);
  }
}

package dev.sluice.channel.bank;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the bank channel if {@code sluice.channels.bank.url} is set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sluice.channels.bank.url")
@EnableConfigurationProperties(BankChannelProperties.class)
class BankChannelConfiguration {

  @Bean
  BankChannel bankChannel(BankChannelProperties properties, Clock clock) {
    return new BankChannel(properties.settings(), clock);
  }
}

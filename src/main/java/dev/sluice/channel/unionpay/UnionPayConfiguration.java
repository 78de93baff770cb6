package dev.sluice.channel.unionpay;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the UnionPay channel if {@code sluice.channels.unionpay.url} is set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sluice.channels.unionpay.url")
@EnableConfigurationProperties(UnionPayProperties.class)
class UnionPayConfiguration {

  @Bean
  UnionPayChannel unionPayChannel(UnionPayProperties properties, Clock clock) {
    return new UnionPayChannel(properties.settings(), clock);
  }
}

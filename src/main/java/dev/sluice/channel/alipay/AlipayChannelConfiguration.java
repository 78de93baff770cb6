package dev.sluice.channel.alipay;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the Alipay channel if {@code sluice.channels.alipay.app-id} is set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sluice.channels.alipay.app-id")
@EnableConfigurationProperties(AlipayChannelProperties.class)
class AlipayChannelConfiguration {

  @Bean
  AlipayChannel alipayChannel(AlipayChannelProperties properties, Clock clock) {
    return new AlipayChannel(properties.settings(clock.instant()), clock);
  }
}

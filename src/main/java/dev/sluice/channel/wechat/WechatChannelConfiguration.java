package dev.sluice.channel.wechat;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the WeChat Pay channel if {@code sluice.channels.wechat.mch-id} is set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sluice.channels.wechat.mch-id")
@EnableConfigurationProperties(WechatChannelProperties.class)
class WechatChannelConfiguration {

  @Bean
  WechatChannel wechatChannel(WechatChannelProperties properties, Clock clock) {
    return new WechatChannel(properties.settings(), clock);
  }
}

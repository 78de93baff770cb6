package dev.sluice.channel;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the router over whatever channels are configured. */
@Configuration(proxyBeanMethods = false)
public class ChannelConfiguration {

  /** The router. */
  @Bean
  public ChannelRouter channelRouter(ObjectProvider<Channel> channels) {
    return new ChannelRouter(channels.orderedStream().toList());
  }
}

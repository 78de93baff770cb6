package dev.sluice.channel;

import dev.sluice.queue.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Wires the router over whatever channels are configured. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoutingSettings.class)
public class ChannelConfiguration {
  private static final int WORKER_PHASE = 900;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** The router. */
  @Bean
  public ChannelRouter channelRouter(
      ObjectProvider<Channel> channels,
      RoutingSettings settings,
      JdbcTemplate jdbc,
      Clock clock,
      MeterRegistry metrics) {
    return router(channels.orderedStream().toList(), settings, jdbc, clock, metrics);
  }

  /** A router over these channels. */
  public static ChannelRouter router(
      List<Channel> channels,
      RoutingSettings settings,
      JdbcTemplate jdbc,
      Clock clock,
      MeterRegistry metrics) {
    ControlStore store = new ControlStore(jdbc);
    return new ChannelRouter(
        channels,
        settings,
        clock,
        new ChannelRouter.Controls() {
          @Override
          public Map<String, ChannelControl> all() {
            return store.all();
          }

          @Override
          public void put(ChannelControl control) {
            store.put(control);
          }
        },
        metrics);
  }

  /** Looks after the channels. */
  @Bean
  public Worker channelCareWorker(ChannelRouter router) {
    return new Worker("channel-care", WORKER_PHASE, LOOK_EVERY, router::lookAfter);
  }

  /** Asks channels for their funds, apart from the rest: a slow one holds up nothing else. */
  @Bean
  public Worker channelFundsWorker(ChannelRouter router, RoutingSettings settings) {
    return new Worker("channel-funds", WORKER_PHASE, settings.fundsEvery(), router::askFunds);
  }
}

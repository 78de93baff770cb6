package dev.sluice.api;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelRouter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether a channel can be reached, asked at most every five seconds. One that can't is shown as
 * UNREACHABLE, which is no reason to take the service out of traffic: orders wait for the channel.
 */
final class ChannelHealth implements HealthIndicator {
  private static final Status UNREACHABLE =
      new Status("UNREACHABLE", "orders for this channel wait");
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final Channel channel;
  private final Clock clock;
  private volatile @Nullable Asked last;

  private record Asked(Health health, Instant at) {}

  ChannelHealth(Channel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  static CompositeHealthContributor of(ChannelRouter router, Clock clock) {
    return CompositeHealthContributor.fromMap(
        router.channels().stream()
            .collect(
                Collectors.toMap(Channel::name, channel -> new ChannelHealth(channel, clock))));
  }

  @Override
  public Health health() {
    Instant now = clock.instant();
    Asked asked = last;
    if (asked == null || now.isAfter(asked.at.plus(KEPT))) {
      Health health = Health.status(channel.reachable() ? Status.UP : UNREACHABLE).build();
      asked = new Asked(health, now);
      last = asked;
    }
    return asked.health;
  }
}

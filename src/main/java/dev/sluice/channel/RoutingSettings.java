package dev.sluice.channel;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of routing.
 *
 * @param window how long the sliding window is over which a channel's error rate is measured
 * @param minCalls calls in the window below which there's no error rate yet
 * @param sharedAbove error rate in percent from which the backup carries traffic side by side
 * @param brokenAbove error rate in percent from which the backup carries all of it
 * @param backupShare percent of orders that go to the backup while both carry traffic; each order
 *     is on exactly one
 * @param probePause how long a broken channel is left alone before it is tried again
 * @param probeOrders orders that try it then
 * @param fundsEvery how often channels are asked what funds they have left; an answer is good for
 *     three such turns
 * @param channels preference of each channel by its name
 */
@ConfigurationProperties("sluice.routing")
public record RoutingSettings(
    @DefaultValue("60s") Duration window,
    @DefaultValue("20") int minCalls,
    @DefaultValue("5") int sharedAbove,
    @DefaultValue("20") int brokenAbove,
    @DefaultValue("50") int backupShare,
    @DefaultValue("5s") Duration probePause,
    @DefaultValue("5") int probeOrders,
    @DefaultValue("30s") Duration fundsEvery,
    @DefaultValue Map<String, Preference> channels) {

  /** A channel that isn't mentioned comes last, at any hour. */
  static final Preference UNMENTIONED = new Preference(100, BigDecimal.ZERO, null, "Asia/Shanghai");

  /**
   * Which channel comes first.
   *
   * @param priority lower comes first
   * @param cost of one payout, in whatever unit you compare; lower comes first among equals
   * @param hours when it takes orders, as {@code 08:00-22:00} in its zone; always if not given
   * @param zone of its hours
   */
  public record Preference(
      @DefaultValue("100") int priority,
      @DefaultValue("0") BigDecimal cost,
      @Nullable String hours,
      @DefaultValue("Asia/Shanghai") String zone) {}

  /** The defaults. */
  public static RoutingSettings defaults() {
    return new RoutingSettings(
        Duration.ofSeconds(60),
        20,
        5,
        20,
        50,
        Duration.ofSeconds(5),
        5,
        Duration.ofSeconds(30),
        Map.of());
  }

  /** A channel's preference. */
  Preference preference(String channel) {
    return channels.getOrDefault(channel, UNMENTIONED);
  }
}

package dev.sluice.channel;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Knows the channels and chooses one for an order. */
public final class ChannelRouter {
  private final Map<String, Channel> channels = new LinkedHashMap<>();

  /**
   * A router over these channels, the most preferred first.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public ChannelRouter(List<Channel> channels) {
    for (Channel channel : channels) {
      if (this.channels.put(channel.name(), channel) != null) {
        throw new IllegalArgumentException("two channels are named " + channel.name());
      }
    }
  }

  /**
   * What of an order decides which channels can pay it.
   *
   * @param minor amount in minor units
   */
  public record Payable(String currency, String beneficiaryKind, long minor) {}

  /** The channel with this name. */
  public Optional<Channel> channel(String name) {
    return Optional.ofNullable(channels.get(name));
  }

  /** All channels, the most preferred first. */
  public Collection<Channel> channels() {
    return channels.values();
  }

  /**
   * The channel for an order's next attempt.
   *
   * @param refusedBy channels that have definitely refused it
   */
  public Optional<Channel> choose(Payable order, Set<String> refusedBy) {
    return channels.values().stream()
        .filter(channel -> !refusedBy.contains(channel.name()) && takes(channel, order))
        .findFirst();
  }

  /** Whether any channel that hasn't refused this order could ever pay it. */
  public boolean hasAnother(Payable order, Set<String> refusedBy) {
    return channels.values().stream()
        .anyMatch(channel -> !refusedBy.contains(channel.name()) && takes(channel, order));
  }

  private static boolean takes(Channel channel, Payable order) {
    ChannelLimits limits = channel.limits();
    return limits.currencies().contains(order.currency())
        && limits.beneficiaryKinds().contains(order.beneficiaryKind())
        && order.minor() >= limits.minMinor()
        && order.minor() <= limits.maxMinor();
  }
}

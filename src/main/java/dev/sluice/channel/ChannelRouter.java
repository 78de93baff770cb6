package dev.sluice.channel;

import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.money.Money;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the channels and chooses one for each attempt: those that can take the order now, by
 * priority, cost and error rate; side by side with the backup when the first does badly; the backup
 * alone when it is broken. It only ever chooses where an order's <em>next</em> attempt goes: an
 * attempt whose outcome is unknown stays where it is.
 */
public final class ChannelRouter {
  private static final Logger log = LoggerFactory.getLogger(ChannelRouter.class);

  /** For so many turns of asking an answer about funds is good. */
  private static final int TURNS = 3;

  private final Map<String, Member> members = new LinkedHashMap<>();
  private final RoutingSettings settings;
  private final Clock clock;
  private final Controls controls;
  private final Map<String, Funds> funds = new ConcurrentHashMap<>();

  /**
   * Of the currencies that a channel takes, those that orders came in: there may be all of ISO's.
   */
  private final Set<String> currenciesSeen = ConcurrentHashMap.newKeySet();

  private volatile Map<String, ChannelControl> said = Map.of();

  /** Where it is kept what people say of channels. */
  interface Controls {
    Map<String, ChannelControl> all();

    void put(ChannelControl control);
  }

  /** What a channel said it had left, and when. */
  private record Funds(Money left, Instant at) {}

  private record Member(
      Channel channel,
      ChannelHealth health,
      OpeningHours hours,
      RoutingSettings.Preference preference) {}

  /**
   * What of an order decides which channels can pay it.
   *
   * @param id decides, the same way each time, on which side of a share it falls
   * @param minor amount in minor units
   */
  public record Payable(UUID id, String currency, String beneficiaryKind, long minor) {}

  ChannelRouter(
      List<Channel> channels,
      RoutingSettings settings,
      Clock clock,
      Controls controls,
      MeterRegistry metrics) {
    this.settings = settings;
    this.clock = clock;
    this.controls = controls;
    for (Channel channel : channels) {
      RoutingSettings.Preference preference = settings.preference(channel.name());
      Member member =
          new Member(
              channel,
              new ChannelHealth(channel.name(), settings, clock, metrics),
              OpeningHours.parse(channel.name(), preference),
              preference);
      if (members.put(channel.name(), member) != null) {
        throw new IllegalArgumentException("two channels are named " + channel.name());
      }
    }
  }

  /** The channel with this name. */
  public Optional<Channel> channel(String name) {
    return Optional.ofNullable(members.get(name)).map(Member::channel);
  }

  /** All channels. */
  public Collection<Channel> channels() {
    return members.values().stream().map(Member::channel).toList();
  }

  /**
   * The channel for an order's next attempt; empty if the order must wait.
   *
   * @param refusedBy channels that have definitely refused it
   */
  public Optional<Channel> choose(Payable order, Set<String> refusedBy) {
    List<Member> candidates = candidates(order, refusedBy);
    for (Member candidate : candidates) {
      if (mode(candidate) == Mode.PINNED) {
        return Optional.of(candidate.channel());
      }
    }
    Member shared = null;
    for (Member candidate : candidates) {
      switch (candidate.health().traffic()) {
        case NORMAL -> {
          return Optional.of(candidate.channel());
        }
        case SHARED -> {
          if (shared == null && !fallsToBackup(order.id())) {
            return Optional.of(candidate.channel());
          }
          shared = shared == null ? candidate : shared;
        }
        case BACKUP -> {
          if (candidate.health().takesProbe()) {
            return Optional.of(candidate.channel());
          }
        }
      }
    }
    return Optional.ofNullable(shared).map(Member::channel);
  }

  /** Takes back a choice that was not used. */
  public void unused(String channel) {
    Member member = members.get(channel);
    if (member != null) {
      member.health().returnProbe();
    }
  }

  /**
   * Whether any channel that hasn't refused this order can pay it at some time, however it does
   * just now: an outage, a closed hour or a pause is no reason to fail an order.
   */
  public boolean hasAnother(Payable order, Set<String> refusedBy) {
    return members.values().stream()
        .anyMatch(m -> !refusedBy.contains(m.channel().name()) && takes(m.channel(), order));
  }

  /**
   * Why no channel ever takes such an order, in a sentence for whoever sent it; empty if one does,
   * and where no channel is configured: such an instance only accepts, and others pay.
   */
  public Optional<String> neverTakes(String currency, String beneficiaryKind, long minor) {
    List<ChannelLimits> fitting = new ArrayList<>();
    for (Member member : members.values()) {
      ChannelLimits limits = member.channel().limits();
      if (limits.currencies().contains(currency)
          && limits.beneficiaryKinds().contains(beneficiaryKind)) {
        if (minor >= limits.minMinor() && minor <= limits.maxMinor()) {
          return Optional.empty();
        }
        fitting.add(limits);
      }
    }
    if (members.isEmpty()) {
      return Optional.empty();
    }
    if (fitting.isEmpty()) {
      return Optional.of(
          "No channel pays %s to a beneficiary of kind %s.".formatted(currency, beneficiaryKind));
    }
    return Optional.of(
        "Channels pay %s to a beneficiary of kind %s from %s to %s."
            .formatted(
                currency,
                beneficiaryKind,
                Money.ofMinor(least(fitting), currency).decimal(),
                Money.ofMinor(most(fitting), currency).decimal()));
  }

  private static long least(List<ChannelLimits> limits) {
    return limits.stream().mapToLong(ChannelLimits::minMinor).min().orElseThrow();
  }

  private static long most(List<ChannelLimits> limits) {
    return limits.stream().mapToLong(ChannelLimits::maxMinor).max().orElseThrow();
  }

  /** Notes what a call to a channel came to. */
  public void record(String channel, Outcome outcome) {
    Member member = members.get(channel);
    if (member != null) {
      member.health().record(outcome);
    }
  }

  /** Says what a person decided of a channel, from now on and on every instance. */
  public ChannelControl control(String channel, Mode mode, String reason, String actor) {
    ChannelControl control = new ChannelControl(channel, mode, reason, actor, clock.instant());
    controls.put(control);
    said = controls.all();
    return control;
  }

  /** All channels as they do now. */
  public List<ChannelStatus> status() {
    return members.values().stream()
        .map(
            m ->
                new ChannelStatus(
                    m.channel().name(),
                    m.health().traffic().name(),
                    m.health().state().name(),
                    m.health().errorRatePercent(),
                    m.health().callsInWindow(),
                    m.hours().isOpen(clock.instant()),
                    currenciesOf(m).stream()
                        .flatMap(currency -> funds(m.channel(), currency).stream())
                        .toList(),
                    said.get(m.channel().name())))
        .toList();
  }

  /**
   * One step of looking after the channels: reads what people said, and asks broken channels
   * whether they can be reached again. Calls channels; not for use inside a transaction.
   *
   * @return always 0: it waits for its next turn
   */
  public int lookAfter() {
    said = controls.all();
    for (Member member : members.values()) {
      member.health().giveUpOldProbes();
      if (member.health().isDueForProbe()) {
        member.health().probed(member.channel().reachable());
      }
    }
    return 0;
  }

  /**
   * Asks each channel what it has left to pay out of, in each currency that orders came in, and
   * keeps the answer for routing, which itself never asks. A channel that can't be asked, or hasn't
   * answered for some turns, is taken to have enough: it refuses by itself. Calls channels, one
   * after the other; not for use inside a transaction.
   *
   * @return always 0: it waits for its next turn
   */
  public int askFunds() {
    for (Member member : members.values()) {
      for (String currency : currenciesOf(member)) {
        try {
          member
              .channel()
              .funds(currency)
              .filter(left -> left.currency().getCurrencyCode().equals(currency))
              .ifPresent(
                  left ->
                      funds.put(key(member.channel(), currency), new Funds(left, clock.instant())));
        } catch (RuntimeException e) {
          log.warn("channel {} could not be asked for its funds", member.channel().name(), e);
        }
      }
    }
    return 0;
  }

  private List<Member> candidates(Payable order, Set<String> refusedBy) {
    Instant now = clock.instant();
    if (!currenciesSeen.contains(order.currency())) {
      currenciesSeen.add(order.currency());
    }
    List<Member> candidates = new ArrayList<>(members.size());
    for (Member member : members.values()) {
      if (!refusedBy.contains(member.channel().name())
          && takes(member.channel(), order)
          && mode(member) != Mode.PAUSED
          && member.hours().isOpen(now)
          && hasFunds(member, order)) {
        candidates.add(member);
      }
    }
    candidates.sort(
        Comparator.comparingInt((Member m) -> m.preference().priority())
            .thenComparing(m -> m.preference().cost())
            .thenComparingInt(m -> Math.max(0, m.health().errorRatePercent())));
    return candidates;
  }

  private @Nullable Mode mode(Member member) {
    ChannelControl control = said.get(member.channel().name());
    return control == null ? null : control.mode();
  }

  private boolean hasFunds(Member member, Payable order) {
    Optional<Money> left = funds(member.channel(), order.currency());
    return left.isEmpty() || left.get().minor() >= order.minor();
  }

  private Optional<Money> funds(Channel channel, String currency) {
    return Optional.ofNullable(funds.get(key(channel, currency)))
        .filter(
            f -> f.at().plus(settings.fundsEvery().multipliedBy(TURNS)).isAfter(clock.instant()))
        .map(Funds::left);
  }

  private List<String> currenciesOf(Member member) {
    Set<String> taken = member.channel().limits().currencies();
    return currenciesSeen.stream().filter(taken::contains).sorted().toList();
  }

  private static String key(Channel channel, String currency) {
    return channel.name() + " " + currency;
  }

  private boolean fallsToBackup(UUID order) {
    return Math.floorMod(order.getLeastSignificantBits(), 100) < settings.backupShare();
  }

  private static boolean takes(Channel channel, Payable order) {
    ChannelLimits limits = channel.limits();
    return limits.currencies().contains(order.currency())
        && limits.beneficiaryKinds().contains(order.beneficiaryKind())
        && order.minor() >= limits.minMinor()
        && order.minor() <= limits.maxMinor();
  }
}

package dev.sluice.channel;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well a channel does, over a sliding window: the share of calls whose outcome stayed unknown
 * or that the channel refused for a reason of its own. A beneficiary's fault isn't the channel's.
 */
final class ChannelHealth {
  private static final Logger log = LoggerFactory.getLogger(ChannelHealth.class);

  /** A probe whose answer never came doesn't keep the channel half-open for ever. */
  private static final Duration LONGEST_HALF_OPEN = Duration.ofSeconds(60);

  private final String channel;
  private final CircuitBreaker breaker;
  private final RoutingSettings settings;
  private final Clock clock;
  private final MeterRegistry metrics;
  private volatile Instant since;
  private volatile Traffic traffic = Traffic.NORMAL;

  /** What the error rate means for traffic. */
  enum Traffic {
    /** All of it. */
    NORMAL,
    /** Side by side with the next channel. */
    SHARED,
    /** None but probes. */
    BACKUP
  }

  ChannelHealth(String channel, RoutingSettings settings, Clock clock, MeterRegistry metrics) {
    this.channel = channel;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
    this.since = clock.instant();
    this.breaker =
        CircuitBreaker.of(
            channel,
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    Math.toIntExact(settings.window().toSeconds()),
                    settings.minCalls(),
                    SlidingWindowType.TIME_BASED)
                .failureRateThreshold(settings.brokenAbove())
                .permittedNumberOfCallsInHalfOpenState(settings.probeOrders())
                .clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              since = clock.instant();
              log.atWarn()
                  .addKeyValue("channel", channel)
                  .log("breaker of {}: {}", channel, event.getStateTransition());
              metrics
                  .counter(
                      "sluice.channel.breaker.transitions",
                      "channel",
                      channel,
                      "to",
                      event.getStateTransition().getToState().name().toLowerCase(Locale.ROOT))
                  .increment();
            });
    Gauge.builder("sluice.channel.error.rate.percent", this, ChannelHealth::errorRatePercent)
        .description("Share of calls without a good outcome, over the window")
        .tag("channel", channel)
        .register(metrics);
    Gauge.builder("sluice.channel.traffic", this, h -> h.traffic().ordinal())
        .description("0 all traffic, 1 shared with the backup, 2 none but probes")
        .tag("channel", channel)
        .register(metrics);
  }

  void record(Outcome outcome) {
    boolean good =
        switch (outcome) {
          case Outcome.Accepted ignored -> true;
          case Outcome.Paid ignored -> true;
          case Outcome.Refused refused -> refused.beneficiaryAtFault();
          // An honest "no such order" says that the channel works.
          case Outcome.Unknown unknown -> unknown.why() == Outcome.Why.NOT_FOUND;
        };
    if (good) {
      breaker.onSuccess(0, TimeUnit.MILLISECONDS);
    } else {
      breaker.onError(0, TimeUnit.MILLISECONDS, Bad.OUTCOME);
    }
    noteTraffic();
  }

  /** Percent, or -1 as long as there are too few calls. */
  int errorRatePercent() {
    return Math.round(breaker.getMetrics().getFailureRate());
  }

  int callsInWindow() {
    return breaker.getMetrics().getNumberOfBufferedCalls();
  }

  State state() {
    return breaker.getState();
  }

  Traffic traffic() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN, HALF_OPEN -> Traffic.BACKUP;
      case CLOSED, DISABLED, METRICS_ONLY ->
          breaker.getMetrics().getFailureRate() >= settings.sharedAbove()
              ? Traffic.SHARED
              : Traffic.NORMAL;
    };
  }

  /** Whether a half-open channel may have one more order as a probe. */
  boolean takesProbe() {
    return breaker.getState() == State.HALF_OPEN && breaker.tryAcquirePermission();
  }

  /** Gives a probe back that wasn't sent after all. */
  void returnProbe() {
    if (breaker.getState() == State.HALF_OPEN) {
      breaker.releasePermission();
    }
  }

  boolean isDueForProbe() {
    return breaker.getState() == State.OPEN
        && !clock.instant().isBefore(since.plus(settings.probePause()));
  }

  void probed(boolean reachable) {
    if (breaker.getState() != State.OPEN) {
      return;
    }
    if (reachable) {
      breaker.transitionToHalfOpenState();
    } else {
      since = clock.instant();
    }
  }

  /** Opens again a breaker that waits half-open for probes that never came back. */
  void giveUpOldProbes() {
    if (breaker.getState() == State.HALF_OPEN
        && clock.instant().isAfter(since.plus(LONGEST_HALF_OPEN))) {
      breaker.transitionToOpenState();
    }
  }

  private void noteTraffic() {
    Traffic now = traffic();
    Traffic before = traffic;
    if (now != before) {
      traffic = now;
      log.atWarn()
          .addKeyValue("channel", channel)
          .log(
              "traffic of {}: {} to {}, error rate {} %", channel, before, now, errorRatePercent());
      metrics
          .counter(
              "sluice.channel.traffic.changes",
              "channel",
              channel,
              "to",
              now.name().toLowerCase(Locale.ROOT))
          .increment();
    }
  }

  /** What the breaker is told; it has no stack and says nothing. */
  private static final class Bad extends RuntimeException {
    static final Bad OUTCOME = new Bad();

    private Bad() {
      super(null, null, false, false);
    }
  }
}

package dev.sluice.payout;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.review.ReviewCase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what channels tell and what people must look at. */
final class PayoutMetrics {
  private static final Logger log = LoggerFactory.getLogger(PayoutMetrics.class);

  /** For attempts of a channel that was taken out of the configuration: nothing is due to it. */
  static final ChannelLimits NO_LIMITS =
      new ChannelLimits(
          Set.of(),
          Set.of(),
          0,
          0,
          1,
          Duration.ofSeconds(10),
          Duration.ofDays(1),
          Duration.ofDays(7),
          false);

  private final MeterRegistry registry;

  PayoutMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void outcome(ChannelMessage message, UUID withdrawalId, Effect effect) {
    registry
        .counter(
            "sluice.channel.outcomes",
            "channel",
            message.channel(),
            "source",
            message.source().name().toLowerCase(Locale.ROOT),
            "outcome",
            MessageStore.kind(message.event()).toLowerCase(Locale.ROOT))
        .increment();
    if (effect instanceof Effect.Doubt) {
      contradiction(message, withdrawalId);
    }
    if (effect instanceof Effect.Settle || effect instanceof Effect.Refuse) {
      log.atInfo()
          .addKeyValue("withdrawalId", withdrawalId)
          .addKeyValue("attemptId", message.attemptId())
          .addKeyValue("channel", message.channel())
          .addKeyValue("code", message.code())
          .log("{} by {}", effect instanceof Effect.Settle ? "paid" : "refused", message.source());
    }
  }

  private void contradiction(ChannelMessage message, UUID withdrawalId) {
    log.atWarn()
        .addKeyValue("withdrawalId", withdrawalId)
        .addKeyValue("attemptId", message.attemptId())
        .addKeyValue("channel", message.channel())
        .addKeyValue("code", message.code())
        .log("{} contradicts itself and is asked; the order waits", message.channel());
    registry.counter("sluice.channel.contradictions", "channel", message.channel()).increment();
  }

  void alarm(ReviewCase.Kind kind) {
    log.atWarn().addKeyValue("kind", kind).log("a person must look: review case {}", kind);
    registry.counter("sluice.alarms", "kind", kind.name().toLowerCase(Locale.ROOT)).increment();
  }

  Timer call(String channel, String operation) {
    return Timer.builder("sluice.channel.calls")
        .description("Time of calls to channels")
        .tags("channel", channel, "operation", operation)
        .register(registry);
  }
}

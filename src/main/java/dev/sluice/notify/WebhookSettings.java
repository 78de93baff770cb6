package dev.sluice.notify;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How webhooks are sent.
 *
 * @param allowHttp whether endpoints may be plain {@code http}; off outside of development
 * @param allowedRanges address ranges (CIDR, such as {@code 10.1.0.0/16} or {@code fd00::/8}) that
 *     may be targets although they aren't public
 * @param maxEndpoints how many endpoints there may be at a time
 * @param concurrency how many calls run at once in this instance
 * @param concurrencyPerEndpoint how many of them to one endpoint; halved by each failure there,
 *     down to one, and doubled by each success
 * @param connectTimeout how long a connection, and then its TLS handshake, may take
 * @param responseTimeout how long an endpoint may be silent
 * @param deadline how long one call may take from first to last, however busy the endpoint looks
 * @param retryPauses pauses after the first, second, … failure; the last one repeats. Each is
 *     varied by up to a fifth
 * @param giveUpAfter how long a notice is retried
 * @param idlePause how long the worker waits when nothing is due and nobody wakes it
 */
@ConfigurationProperties("sluice.webhooks")
public record WebhookSettings(
    @DefaultValue("false") boolean allowHttp,
    @DefaultValue List<String> allowedRanges,
    @DefaultValue("16") int maxEndpoints,
    @DefaultValue("64") int concurrency,
    @DefaultValue("16") int concurrencyPerEndpoint,
    @DefaultValue("3s") Duration connectTimeout,
    @DefaultValue("10s") Duration responseTimeout,
    @DefaultValue("15s") Duration deadline,
    @DefaultValue({"5s", "15s", "1m", "5m", "15m", "1h", "2h", "4h", "8h", "12h"})
        List<Duration> retryPauses,
    @DefaultValue("3d") Duration giveUpAfter,
    @DefaultValue("500ms") Duration idlePause) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException naming the setting that makes no sense
   */
  public WebhookSettings {
    allowedRanges = List.copyOf(allowedRanges);
    retryPauses = List.copyOf(retryPauses);
    demand(maxEndpoints >= 0, "max-endpoints must not be negative");
    demand(concurrency >= 1, "concurrency must be at least 1");
    demand(concurrencyPerEndpoint >= 1, "concurrency-per-endpoint must be at least 1");
    demand(positive(connectTimeout), "connect-timeout must be positive");
    demand(positive(responseTimeout), "response-timeout must be positive");
    demand(positive(deadline), "deadline must be positive");
    demand(!retryPauses.isEmpty(), "retry-pauses must not be empty");
    demand(
        retryPauses.stream().allMatch(WebhookSettings::positive), "retry-pauses must be positive");
    demand(positive(giveUpAfter), "give-up-after must be positive");
    demand(positive(idlePause), "idle-pause must be positive");
  }

  private static boolean positive(Duration duration) {
    return duration.isPositive();
  }

  private static void demand(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalArgumentException("sluice.webhooks." + sentence);
    }
  }
}

package dev.sluice.api;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the API.
 *
 * @param maxBody the largest body that is read, from clients and channels alike; a larger one is
 *     answered 413
 * @param bodyTimeout longest time from the first to the last byte of a body; a slower one is
 *     answered 408, and the connection is closed
 * @param maxRequests requests that are worked on at a time; one more is answered 429 at once. Each
 *     may hold some 120 KB while it waits for the database
 * @param maxBatch orders that one batch may have
 * @param maxBatchBody the largest body of a batch in JSON; as NDJSON a batch is read line by line,
 *     each of 8 KB at most
 * @param batchTimeout longest time from the first to the last byte of a batch
 * @param batchesAtOnce batches that this instance works on at a time; one more is answered 429
 * @param metricsOpen whether {@code /actuator/prometheus} answers without a token. Metrics hold no
 *     secrets but tell how the business goes: shield the path in front of the service, or turn this
 *     off, and then a token with scope {@code ops} is needed
 */
@ConfigurationProperties("sluice.api")
public record ApiSettings(
    @DefaultValue("64KB") DataSize maxBody,
    @DefaultValue("10s") Duration bodyTimeout,
    @DefaultValue("1024") int maxRequests,
    @DefaultValue("15000") int maxBatch,
    @DefaultValue("8MB") DataSize maxBatchBody,
    @DefaultValue("60s") Duration batchTimeout,
    @DefaultValue("2") int batchesAtOnce,
    @DefaultValue("true") boolean metricsOpen) {
  private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
  private static final DataSize LARGEST = DataSize.ofMegabytes(1);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException naming the setting that makes no sense
   */
  public ApiSettings {
    if (maxBody.compareTo(SMALLEST) < 0 || maxBody.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException("sluice.api.max-body must be from 1KB to 1MB");
    }
    if (maxRequests < 1) {
      throw new IllegalArgumentException("sluice.api.max-requests must be positive");
    }
    if (!bodyTimeout.isPositive()) {
      throw new IllegalArgumentException("sluice.api.body-timeout must be positive");
    }
  }

  int maxBodyBytes() {
    return Math.toIntExact(maxBody.toBytes());
  }
}

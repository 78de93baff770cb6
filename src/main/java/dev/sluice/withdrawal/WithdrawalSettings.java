package dev.sluice.withdrawal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of accepting.
 *
 * @param queueCapacity requests that may wait for a commit; one more is answered 429
 * @param maxBatch requests in one commit
 * @param leastWaiting single requests that may always wait, or as few as a quarter of them while
 *     requests are refused and those that arrive wait for a core; beyond them only as many as can
 *     be answered within the wait factor, and no more than the queue's capacity
 * @param waitFactor how many times as long as in quiet hours the average single request may take
 *     before further ones are answered 429
 * @param committers committing threads of this instance, each with a connection of its own
 * @param patience the longest that a request waits for its commit
 * @param fee what the platform takes on top of an amount, per currency ("CNY:1.00"); none by
 *     default
 */
@ConfigurationProperties("sluice.withdrawals")
public record WithdrawalSettings(
    @DefaultValue("4096") int queueCapacity,
    @DefaultValue("1000") int maxBatch,
    @DefaultValue("64") int leastWaiting,
    @DefaultValue("2") double waitFactor,
    @DefaultValue("2") int committers,
    @DefaultValue("10s") Duration patience,
    @Nullable String fee) {}

package dev.sluice.payout;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of payouts.
 *
 * @param enabled whether this instance dispatches and asks about payouts; one that doesn't only
 *     serves the API and takes callbacks
 * @param batch orders or attempts taken in one step
 * @param pollPause how often workers look for due work when nobody tells them of any
 * @param fetchPause how often providers that leave files for us are looked at
 * @param queryPauses growing pauses between questions about one attempt; the last one repeats
 * @param maxSends how often the same request is sent at most, if the channel has never heard of it
 * @param noChannelPause how long an order waits when no channel can take it
 * @param noSlotPause how long an order waits when its channel has all its calls under way
 * @param inboxCapacity messages that may wait for a commit
 * @param inboxBatch messages in one commit
 * @param inboxCommitters committing threads, each with a connection of its own
 * @param inboxPatience the longest that a message waits for its commit
 * @param keptPause how long a message that could not be applied waits for its next try
 * @param keptTries tries before such a message goes to a person
 * @param shortfall who bears what the bank kept of a return: USER or FEES
 */
@ConfigurationProperties("sluice.payouts")
public record PayoutSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("200") int batch,
    @DefaultValue("200ms") Duration pollPause,
    @DefaultValue("10s") Duration fetchPause,
    @DefaultValue({"2s", "3s", "5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h"})
        List<Duration> queryPauses,
    @DefaultValue("5") int maxSends,
    @DefaultValue("5s") Duration noChannelPause,
    @DefaultValue("200ms") Duration noSlotPause,
    @DefaultValue("4096") int inboxCapacity,
    @DefaultValue("500") int inboxBatch,
    @DefaultValue("2") int inboxCommitters,
    @DefaultValue("10s") Duration inboxPatience,
    @DefaultValue("5s") Duration keptPause,
    @DefaultValue("10") int keptTries,
    @DefaultValue("USER") ShortfallPolicy shortfall) {}

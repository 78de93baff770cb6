package dev.sluice.payout;

import dev.sluice.vault.Vault;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What a channel wants handed to the user's own app, while an order waits for the user: for the
 * order's owner alone, as long as the channel takes it and the attempt isn't final.
 */
public final class HandOvers {
  static final String SEAL_CONTEXT = "hand-over";

  private final AttemptStore attempts;
  private final Vault vault;
  private final Clock clock;

  HandOvers(AttemptStore attempts, Vault vault, Clock clock) {
    this.attempts = attempts;
    this.vault = vault;
    this.clock = clock;
  }

  /**
   * What to hand over.
   *
   * @param channel which provider's page it opens
   * @param text as the provider gave it; never logged
   * @param until when the provider takes it no more
   */
  public record Due(String channel, String text, Instant until) {

    /** Without the text. */
    @Override
    public String toString() {
      return "Due[%s, until %s]".formatted(channel, until);
    }
  }

  /** What the user's app is to be given for this order now; empty if nothing. */
  public Optional<Due> of(UUID withdrawalId) {
    return attempts
        .handOver(withdrawalId, clock.instant())
        .map(h -> new Due(h.channel(), vault.openText(h.sealed(), SEAL_CONTEXT), h.until()));
  }
}

package dev.sluice.ledger;

import dev.sluice.money.Money;
import java.time.Instant;

/**
 * A user's wallet in one currency.
 *
 * @param id ledger account id
 * @param userId its owner
 * @param status ACTIVE, FROZEN or CLOSED; only an active account pays out
 * @param available what the user may withdraw
 * @param held what withdrawals under way hold
 * @param registrations how often a beneficiary was registered for its owner; whoever remembers what
 *     a masked number meant has to look again when it has grown
 */
public record Account(
    long id,
    String userId,
    Status status,
    Money available,
    Money held,
    long registrations,
    Instant createdAt) {

  /** Whether an account takes part in payments. */
  public enum Status {
    ACTIVE,
    FROZEN,
    CLOSED
  }

  /** The account's ISO 4217 code. */
  public String currency() {
    return available.currency().getCurrencyCode();
  }
}

package dev.sluice.notify;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one endpoint.
 *
 * @param eventId the notice's id: {@code webhook-id}; the cursor of listings, too
 * @param tries how often it was sent, since a person last asked to send it again
 * @param dueAt when it is sent next; null once it is final
 * @param lastStatus the HTTP status of the last try, if it was answered
 * @param lastError why the last try failed; null after success and before the first try
 */
public record Delivery(
    UUID endpointId,
    UUID eventId,
    String eventType,
    UUID withdrawalId,
    State state,
    int tries,
    @Nullable Instant dueAt,
    @Nullable Integer lastStatus,
    @Nullable String lastError,
    Instant createdAt,
    Instant updatedAt) {

  /** How far it got. */
  public enum State {
    /** To be sent, for the first time or again. */
    PENDING,
    /** The endpoint answered 2xx. */
    DELIVERED,
    /** Not sent any more: too old, 410 Gone, or the endpoint was deleted. */
    GIVEN_UP
  }
}

package dev.sluice.notify;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Where notices are sent.
 *
 * @param events names of the event types it asked for; empty means all, also those to come
 * @param createdBy who registered it
 */
public record WebhookEndpoint(
    UUID id, String url, List<String> events, String createdBy, Instant createdAt) {}

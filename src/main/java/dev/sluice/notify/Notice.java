package dev.sluice.notify;

import java.util.UUID;

/**
 * A final state to tell the merchant.
 *
 * @param id the stable event id, sent as {@code webhook-id} with every delivery; made by {@code
 *     money.Ids}, because deliveries are listed in the order of these ids
 * @param type the {@link EventType}'s name: {@code withdrawal.succeeded}, {@code .failed}, {@code
 *     .cancelled}, {@code .refunded}
 * @param withdrawalId the order
 * @param version the order's version after the move: one notice per move
 * @param body the JSON that is signed and sent, each time the same bytes
 */
public record Notice(UUID id, String type, UUID withdrawalId, int version, String body) {}

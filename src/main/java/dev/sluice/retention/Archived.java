package dev.sluice.retention;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the archive tells of an order, each list oldest first.
 *
 * @param parts in how many parts; 0 if nothing of it was archived
 */
public record Archived(
    int parts, List<Move> moves, List<Message> messages, List<Decision> decisions) {
  /** A row of the order's history, which begins with version 2: the order tells the first step. */
  public record Move(
      int version, String from, String to, @Nullable String reason, String actor, Instant at) {}

  /** What a channel told, and what it did. */
  public record Message(
      Instant at,
      String channel,
      String source,
      String kind,
      @Nullable String code,
      @Nullable String effect) {}

  /** A row of the order's log. */
  public record Decision(UUID id, String direction, String what, String why, Instant at) {}
}

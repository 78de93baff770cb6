package dev.sluice.retention;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Reads what was archived. */
public final class Archive {
  private final ArchiveStore store;

  /** On these tables. */
  public Archive(JdbcTemplate jdbc) {
    this.store = new ArchiveStore(jdbc);
  }

  /** What was archived of an order. */
  public Archived of(UUID withdrawalId) {
    List<Archived.Move> moves = new ArrayList<>();
    List<Archived.Message> messages = new ArrayList<>();
    List<Archived.Decision> decisions = new ArrayList<>();
    List<byte[]> contents = store.contents(withdrawalId);
    for (byte[] content : contents) {
      JsonNode part = Document.read(content);
      for (JsonNode row : part.path(Document.HISTORY)) {
        // The first step is the order's to tell; archives of old orders hold it, too.
        if (row.required("version").intValue() > 1) {
          moves.add(move(row));
        }
      }
      part.path(Document.MESSAGES).forEach(row -> messages.add(message(row)));
      part.path(Document.LOG).forEach(row -> decisions.add(decision(row)));
    }
    return new Archived(contents.size(), moves, messages, decisions);
  }

  /**
   * In how many parts an order is archived. Who reads both the archive and the hot tables asks this
   * afterwards: a number that has changed means that rows moved meanwhile.
   */
  public int parts(UUID withdrawalId) {
    return store.parts(withdrawalId);
  }

  private static Archived.Move move(JsonNode row) {
    return new Archived.Move(
        row.required("version").intValue(),
        text(row, "from_status"),
        text(row, "to_status"),
        textOrNull(row, "reason"),
        text(row, "actor"),
        time(row, "at"));
  }

  private static Archived.Message message(JsonNode row) {
    return new Archived.Message(
        time(row, "received_at"),
        text(row, "channel"),
        text(row, "source"),
        text(row, "kind"),
        textOrNull(row, "code"),
        textOrNull(row, "effect"));
  }

  private static Archived.Decision decision(JsonNode row) {
    return new Archived.Decision(
        UUID.fromString(text(row, "id")),
        text(row, "direction"),
        text(row, "what"),
        text(row, "why"),
        time(row, "at"));
  }

  private static String text(JsonNode row, String column) {
    return row.required(column).stringValue();
  }

  private static @Nullable String textOrNull(JsonNode row, String column) {
    JsonNode value = row.required(column);
    return value.isNull() ? null : value.stringValue();
  }

  /** As the database writes times in JSON: ISO 8601 with the session's offset. */
  private static Instant time(JsonNode row, String column) {
    return OffsetDateTime.parse(text(row, column)).toInstant();
  }
}

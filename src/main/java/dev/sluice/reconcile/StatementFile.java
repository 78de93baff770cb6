package dev.sluice.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A statement as it came; kept as evidence, whatever became of it.
 *
 * @param sha256 of its content, in hexadecimal digits
 * @param businessDate the day it is of, as far as whoever brought it said
 * @param receivedBy who brought it
 * @param refusal why it was refused, by name of {@code StatementRefused.Reason}
 * @param detail why it was refused, in words
 */
public record StatementFile(
    UUID id,
    String source,
    String name,
    String sha256,
    long bytes,
    @Nullable LocalDate businessDate,
    Origin origin,
    String receivedBy,
    Instant receivedAt,
    State state,
    @Nullable String refusal,
    @Nullable String detail) {

  /** Which way it came. */
  public enum Origin {
    UPLOAD,
    DIRECTORY,
    FETCH
  }

  /** How far it is. */
  public enum State {
    /** Kept, and not read yet. */
    RECEIVED,
    /** Compared with our books; what it showed is being dealt with. */
    COMPARED,
    /** Done; its breaks may still wait for a day or a person. */
    DONE,
    /** Not to be believed; nothing of it was imported. */
    REFUSED
  }
}

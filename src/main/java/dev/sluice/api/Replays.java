package dev.sluice.api;

import org.springframework.http.ResponseEntity;

/** Answers to what was done before. */
final class Replays {
  static final String HEADER = "Idempotent-Replayed";

  private Replays() {}

  /** 200, and says that nothing was done now. */
  static <T> ResponseEntity<T> replayed(T body) {
    return ResponseEntity.ok().header(HEADER, "true").body(body);
  }
}

package dev.sluice.api;

import java.util.Optional;
import java.util.UUID;

/** Ids in paths: what isn't an id names nothing. */
final class PathIds {
  private PathIds() {}

  static Optional<UUID> read(String text) {
    try {
      return Optional.of(Rules.uuid(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

package dev.sluice.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded default can't be used; the message says why and what a person can do. */
public final class EmbeddedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedException(String message) {
    this(message, null);
  }

  EmbeddedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.sluice.reconcile;

import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads our request numbers as channels give them back. */
final class RequestNumbers {
  private static final int LENGTH = 32;
  private static final int LONGEST_KEPT = 64;

  private RequestNumbers() {}

  /** The attempt behind a number, or null if it isn't one of ours. */
  static @Nullable UUID parse(@Nullable String text) {
    if (text == null || text.length() != LENGTH) {
      return null;
    }
    try {
      // Either case: some channels shout.
      return new UUID(
          HexFormat.fromHexDigitsToLong(text, 0, LENGTH / 2),
          HexFormat.fromHexDigitsToLong(text, LENGTH / 2, LENGTH));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** As much of a foreign text as is worth keeping, without what a database can't hold. */
  static @Nullable String shortened(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String clean = text.indexOf(0) < 0 ? text : text.replace("\0", "");
    return clean.length() <= LONGEST_KEPT ? clean : clean.substring(0, LONGEST_KEPT);
  }
}

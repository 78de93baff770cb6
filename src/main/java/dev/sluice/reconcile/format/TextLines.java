package dev.sluice.reconcile.format;

import dev.sluice.reconcile.format.StatementRefused.Reason;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** Reads lines of bounded length; a line may end with CR, LF or both. */
final class TextLines {
  private static final int BUFFER_CHARS = 1 << 15;

  private final Reader reader;
  private final int maxLineChars;
  private final char[] buffer = new char[BUFFER_CHARS];
  private final StringBuilder line = new StringBuilder();
  private int at;
  private int end;
  private int number;
  private boolean afterReturn;
  private boolean lastWasWhole = true;

  TextLines(Reader reader, Limits limits) {
    this.reader = reader;
    this.maxLineChars = limits.maxLineChars();
  }

  /** The next line without its end, or null after the last. */
  @Nullable String next() throws IOException {
    line.setLength(0);
    boolean any = false;
    while (fill()) {
      any = true;
      char c = buffer[at++];
      if (c == '\n' && afterReturn) {
        afterReturn = false;
        any = !line.isEmpty();
        continue;
      }
      afterReturn = c == '\r';
      if (c == '\n' || c == '\r') {
        number++;
        lastWasWhole = true;
        return line.toString();
      }
      if (line.length() >= maxLineChars) {
        throw new StatementRefused(
            Reason.LINE_TOO_LONG,
            "line %d has more than %d characters".formatted(number + 1, maxLineChars));
      }
      line.append(c);
    }
    if (!any) {
      return null;
    }
    number++;
    lastWasWhole = false;
    return line.toString();
  }

  /** The number of the line that was returned last, from 1. */
  int number() {
    return number;
  }

  /** Whether the line that was returned last had an end. */
  boolean lastWasWhole() {
    return lastWasWhole;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = reader.read(buffer, 0, buffer.length);
      if (end < 0) {
        end = 0;
        return false;
      }
    }
    return true;
  }
}

package dev.sluice.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines from a stream in bounded memory; empty ones are passed over. */
final class Lines {
  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[64 * 1024];
  private int from;
  private int to;

  /**
   * A reader of lines.
   *
   * @param longest bytes that a line may have; of a longer one, one byte more than that is returned
   */
  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** The next line without its end, or null at the end of the stream. */
  byte @Nullable [] next() throws IOException {
    int at = from;
    while (true) {
      while (at < to && buffer[at] != '\n') {
        at++;
      }
      if (at < to || at - from > longest) {
        int end = Math.min(at, from + longest + 1);
        byte[] line = Arrays.copyOfRange(buffer, from, end);
        from = Math.min(at + 1, to); // a line that is too long may have no end in the buffer
        at = from;
        if (line.length > longest || !blank(line)) {
          return line;
        }
        continue;
      }
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
      at = to;
      int read = in.read(buffer, to, buffer.length - to);
      if (read < 0) {
        byte[] last = Arrays.copyOf(buffer, to);
        to = 0;
        return blank(last) ? null : last;
      }
      to += read;
    }
  }

  private static boolean blank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}

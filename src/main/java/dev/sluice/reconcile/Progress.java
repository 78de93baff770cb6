package dev.sluice.reconcile;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How far the reading of a file is. The thread that reads writes it; others look. */
public final class Progress {
  private volatile long lines;
  private volatile long bytes;

  Progress() {}

  /** Lines read so far. */
  public long lines() {
    return lines;
  }

  /** Bytes read so far, of the file as it came. */
  public long bytes() {
    return bytes;
  }

  void read(long linesSoFar) {
    lines = linesSoFar;
  }

  /** The same bytes, counted. */
  InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        bytes += Math.max(count, 0);
        return count;
      }
    };
  }
}

package dev.sluice.reconcile.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/** Counts what comes through, and stops at a bound that may grow with what was packed. */
final class LimitedInput extends FilterInputStream {
  private static final long SLACK_BYTES = 1 << 20;

  private final long maxBytes;
  private final int maxRatio;
  private final LongSupplier packedBytes;
  private long count;

  private LimitedInput(InputStream in, long maxBytes, int maxRatio, LongSupplier packedBytes) {
    super(in);
    this.maxBytes = maxBytes;
    this.maxRatio = maxRatio;
    this.packedBytes = packedBytes;
  }

  /** At most {@code limits.maxBytes()}. */
  static LimitedInput plain(InputStream in, Limits limits) {
    return new LimitedInput(in, limits.maxBytes(), 1, () -> Long.MAX_VALUE >> 1);
  }

  /** What was unpacked, against how much of the packed file it took so far. */
  static LimitedInput unpacked(InputStream in, Limits limits, LimitedInput packed) {
    return new LimitedInput(in, limits.maxBytes(), limits.maxRatio(), packed::count);
  }

  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    if (next >= 0) {
      add(1);
    }
    return next;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    if (read > 0) {
      add(read);
    }
    return read;
  }

  @Override
  public long skip(long bytes) {
    throw new UnsupportedOperationException("everything is read");
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void add(int bytes) throws StatementRefused {
    count += bytes;
    if (count > maxBytes) {
      throw new StatementRefused(
          StatementRefused.Reason.TOO_LARGE, "more than %d bytes".formatted(maxBytes));
    }
    // A little text packs well without being a bomb.
    if (count > SLACK_BYTES && count / maxRatio > packedBytes.getAsLong()) {
      throw new StatementRefused(
          StatementRefused.Reason.RATIO_TOO_HIGH,
          "unpacks to more than %d times its size".formatted(maxRatio));
    }
  }
}

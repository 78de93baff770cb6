package dev.sluice.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Ends a stream that takes too long as a whole, however steadily it drips. */
final class TimedInput extends FilterInputStream {
  private final long deadline;

  TimedInput(InputStream in, Duration longest) {
    super(in);
    this.deadline = System.nanoTime() + longest.toNanos();
  }

  @Override
  public int read() throws IOException {
    checkTime();
    return super.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    checkTime();
    return super.read(into, offset, length);
  }

  private void checkTime() throws IOException {
    if (System.nanoTime() - deadline > 0) {
      throw new SocketTimeoutException("the body takes too long");
    }
  }
}

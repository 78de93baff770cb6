package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;

/** A file as it is sent; tells a sender's failure from one of our own disk. */
final class UploadedFile extends FilterInputStream {

  UploadedFile(HttpServletRequest request) throws IOException {
    super(request.getInputStream());
  }

  /** The sender broke off, or was too slow. */
  private static final class SenderFailed extends IOException {
    private static final long serialVersionUID = 1L;

    SenderFailed(IOException cause) {
      super(cause);
    }
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      throw new SenderFailed(e);
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    try {
      return super.read(into, offset, length);
    } catch (IOException e) {
      throw new SenderFailed(e);
    }
  }

  /** What to answer when taking it failed. */
  static RuntimeException problem(IOException e) {
    if (!(e instanceof SenderFailed)) {
      return new UncheckedIOException(e);
    }
    Throwable cause = e.getCause();
    boolean slow =
        cause instanceof SocketTimeoutException
            || (cause != null && cause.getCause() instanceof SocketTimeoutException);
    return slow
        ? new ApiException(ProblemCode.REQUEST_TIMEOUT, "Send the whole file without pauses.")
        : new ApiException(ProblemCode.INVALID_REQUEST, "The file ended early.");
  }
}

package dev.sluice.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that sends a request after the other: HTTP/1.1 by hand, for the load competes with
 * what it measures, and a client made for everything costs as much as the service.
 */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[16 * 1024];

  RawClient(String url) throws IOException {
    URI address = URI.create(url);
    this.socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  /**
   * Sends a whole request and reads the whole answer.
   *
   * @return the answer's status
   */
  int send(byte[] request) throws IOException {
    out.write(request);
    int size = 0;
    int bodyAt = -1;
    while (true) {
      int read = in.read(buffer, size, buffer.length - size);
      if (read < 0) {
        throw new IOException("the server hung up");
      }
      size += read;
      String text = new String(buffer, 0, size, StandardCharsets.ISO_8859_1);
      bodyAt = bodyAt < 4 ? text.indexOf("\r\n\r\n") + 4 : bodyAt;
      if (bodyAt >= 4 && isWhole(text, bodyAt)) {
        return Integer.parseInt(text.substring(9, 12));
      }
    }
  }

  /** Whether an answer whose body begins there has come to its end. */
  static boolean isWhole(String text, int bodyAt) {
    String head = text.substring(0, bodyAt).toLowerCase(Locale.ROOT);
    int length = head.indexOf("content-length:");
    if (length >= 0) {
      int end = head.indexOf('\r', length);
      return text.length() - bodyAt >= Integer.parseInt(head.substring(length + 15, end).strip());
    }
    return text.endsWith("0\r\n\r\n"); // the last chunk
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package dev.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** HTTP by hand: sends whatever bytes it is given, on a connection of their own. */
final class Wire {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 25_000;
  private static final int MAX_ANSWER_BYTES = 8 << 20;

  private final int port;

  Wire(int port) {
    this.port = port;
  }

  /**
   * What came back.
   *
   * @param status 0 if nothing did before the connection ended
   * @param headers the first of each, by lower-case name
   */
  record Answer(int status, Map<String, String> headers, String body, Duration took) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /**
   * Sends it and reads until the other side hangs up.
   *
   * @param framed whether the request is whole; if not, the connection is half closed behind it, so
   *     that nobody waits for a rest that never comes
   */
  Answer send(byte[] request, boolean framed) {
    long start = System.nanoTime();
    byte[] all = new byte[0];
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      socket.setSoTimeout(READ_MILLIS);
      socket.setTcpNoDelay(true);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      socket.getOutputStream().write(request);
                      socket.getOutputStream().flush();
                      if (!framed) {
                        socket.shutdownOutput();
                      }
                    } catch (IOException e) {
                      // a server may answer, and close, before it has read all
                    }
                  });
      all = read(socket.getInputStream());
      writer.interrupt();
    } catch (IOException e) {
      // what came until then is the answer
    }
    return answer(all, Duration.ofNanos(System.nanoTime() - start));
  }

  private static byte[] read(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0 && all.size() < MAX_ANSWER_BYTES; n = in.read(buffer)) {
        all.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // reset after the answer: what came before it counts
    }
    return all.toByteArray();
  }

  private static Answer answer(byte[] bytes, Duration took) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    while (text.startsWith("HTTP/1.1 1")) { // 100 Continue stands before the answer
      int end = text.indexOf("\r\n\r\n");
      text = end < 0 ? "" : text.substring(end + 4);
    }
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/")) {
      return new Answer(0, Map.of(), text, took);
    }
    String[] lines = text.substring(0, end).split("\r\n");
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.putIfAbsent(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    String body = text.substring(end + 4);
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      body = unchunked(body);
    }
    return new Answer(
        Integer.parseInt(lines[0].split(" ")[1]),
        headers,
        new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
        took);
  }

  private static String unchunked(String body) {
    StringBuilder whole = new StringBuilder();
    int at = 0;
    while (at < body.length()) {
      int line = body.indexOf("\r\n", at);
      if (line < 0) {
        break;
      }
      int size;
      try {
        size = Integer.parseInt(body.substring(at, line).strip(), 16);
      } catch (NumberFormatException e) {
        break;
      }
      int from = line + 2;
      int to = Math.min(body.length(), from + size);
      whole.append(body, from, to);
      at = to + 2;
      if (size == 0) {
        break;
      }
    }
    return whole.toString();
  }
}

package dev.sluice.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Receives notifications, as little work as it can be: HTTP/1.1 by hand, a thread a connection. */
final class Merchant implements AutoCloseable {
  private static final byte[] DONE =
      "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String EVENT_ID = "webhook-id:";
  private static final String LENGTH = "content-length:";

  private final ServerSocket listener;
  private final Set<String> events = ConcurrentHashMap.newKeySet();
  private volatile Consumer<String> onEvent = body -> {};

  Merchant() {
    try {
      listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofVirtual().name("merchant").start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort() + "/events";
  }

  /** Told the body of each event that comes for the first time. */
  void onEvent(Consumer<String> told) {
    onEvent = told;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 8192)) {
      socket.setTcpNoDelay(true);
      StringBuilder head = new StringBuilder(512);
      for (int next = in.read(); next >= 0; next = in.read()) {
        head.append((char) next);
        if (next == '\n' && head.length() > 3 && head.charAt(head.length() - 3) == '\n') {
          String fields = head.toString().toLowerCase(Locale.ROOT);
          byte[] body = in.readNBytes(Integer.parseInt(field(fields, LENGTH)));
          if (events.add(field(fields, EVENT_ID))) {
            onEvent.accept(new String(body, StandardCharsets.UTF_8));
          }
          socket.getOutputStream().write(DONE);
          head.setLength(0);
        }
      }
    } catch (IOException e) {
      // the sender hung up
    }
  }

  private static String field(String head, String name) {
    int from = head.indexOf("\n" + name) + 1 + name.length();
    return head.substring(from, head.indexOf('\r', from)).strip();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

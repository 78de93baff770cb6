package dev.sluice.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports for processes that must keep theirs when they are started again. */
public final class FreePorts {
  /** Below those that systems give to outgoing connections, which could take one meanwhile. */
  private static final int FIRST = 15_000;

  private static final int END = 30_000;
  private static final int MOST_TRIES = 1_000;

  private FreePorts() {}

  /** A port of the loopback address that nobody listens on now. */
  public static int next() {
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken: another one
      }
    }
    throw new IllegalStateException("no TCP port is free");
  }
}

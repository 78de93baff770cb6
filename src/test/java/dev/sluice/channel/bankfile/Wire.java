package dev.sluice.channel.bankfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A wire to a server on which one byte of what the server says can be changed on its way. */
final class Wire implements AutoCloseable {
  private static final int NONE = -1;

  private final ServerSocket here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final AtomicInteger at = new AtomicInteger(NONE);
  private final AtomicInteger carried = new AtomicInteger();
  private final AtomicBoolean changed = new AtomicBoolean();

  Wire(int target) throws IOException {
    this.target = target;
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return here.getLocalPort();
  }

  /** On the next connection this byte, counted from 0, arrives with one bit of it turned. */
  void changeByteOfNext(int position) {
    changed.set(false);
    at.set(position);
  }

  /** Whether that byte has come by. */
  boolean hasChanged() {
    return changed.get();
  }

  /** How many bytes the server has said, over all connections. */
  int carried() {
    return carried.get();
  }

  @Override
  public void close() throws IOException {
    here.close();
  }

  private void accept() {
    while (!here.isClosed()) {
      try {
        Socket client = here.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        int position = at.getAndSet(NONE);
        Thread.startVirtualThread(() -> carry(client, server, NONE));
        Thread.startVirtualThread(() -> carry(server, client, position));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void carry(Socket from, Socket to, int position) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      int before = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (position >= before && position < before + read) {
          buffer[position - before] ^= 1;
          changed.set(true);
        }
        before += read;
        if (from.getPort() == target) {
          carried.addAndGet(read);
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One of the two has hung up, which ends the connection for both.
    }
  }
}

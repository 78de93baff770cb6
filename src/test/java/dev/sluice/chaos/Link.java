package dev.sluice.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on one link between two processes, which can lose, hold up and cut what passes. Two
 * virtual threads a connection.
 */
final class Link implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int BACKLOG = 512;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int MAX_CONNECTIONS = 4_000;

  private final String name;
  private final ServerSocket server;
  private final Supplier<List<Integer>> targets;
  private final Set<Pipe> pipes = ConcurrentHashMap.newKeySet();
  private final AtomicLong hits = new AtomicLong();
  private volatile @Nullable Trouble trouble;
  private volatile Duration delay = Duration.ZERO;

  /** What can go wrong on a link. */
  enum Trouble {
    /** New connections are reset at once, and those that there are, too. */
    CUT,
    /** What is sent arrives late. */
    DELAYED,
    /** What is sent is lost, and nobody is told: the connections stay open for ever. */
    HALF_OPEN,
    /** The request arrives; the connection is reset when the answer comes. */
    RESET_AFTER_REQUEST
  }

  /**
   * Listens on a free port of the loopback address.
   *
   * @param targets ports to connect to, in the order in which they are tried
   */
  Link(String name, Supplier<List<Integer>> targets) {
    this.name = name;
    this.targets = targets;
    try {
      this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("link-" + name).start(this::accept);
  }

  String name() {
    return name;
  }

  int port() {
    return server.getLocalPort();
  }

  /** How many connections or messages faults have hit so far. */
  long hits() {
    return hits.get();
  }

  /** Connections that there are now are reset, once. */
  void drop() {
    hits.addAndGet(pipes.size());
    pipes.forEach(Pipe::reset);
  }

  /** From now on this goes wrong. */
  void suffer(Trouble what, Duration howLate) {
    delay = howLate;
    trouble = what;
    if (what == Trouble.CUT) {
      drop();
    }
  }

  /** From now on nothing goes wrong; what was lost stays lost. */
  void heal() {
    trouble = null;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      // it is gone either way
    }
    pipes.forEach(Pipe::reset);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        Thread.ofVirtual().start(() -> connect(near));
      } catch (IOException e) {
        // closed, or a client that left at once
      }
    }
  }

  private void connect(Socket near) {
    if (trouble == Trouble.CUT || pipes.size() >= MAX_CONNECTIONS) {
      hits.incrementAndGet();
      reset(near);
      return;
    }
    for (int port : targets.get()) {
      Socket far = new Socket();
      try {
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        Pipe pipe = new Pipe(near, far);
        pipes.add(pipe);
        Thread.ofVirtual().start(() -> pipe.pump(near, far, true));
        pipe.pump(far, near, false);
        return;
      } catch (IOException e) {
        reset(far);
      }
    }
    reset(near);
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it is gone
    }
  }

  /** One connection. */
  private final class Pipe {
    private final Socket near;
    private final Socket far;
    private volatile boolean lost;
    private final AtomicBoolean halfDone = new AtomicBoolean();

    Pipe(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void pump(Socket from, Socket to, boolean request) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (passes(request)) {
            out.write(buffer, 0, n);
            out.flush();
          }
        }
        if (lost) {
          return; // and the other side never learns of the end
        }
        to.shutdownOutput();
        if (!halfDone.getAndSet(true)) {
          return;
        }
      } catch (IOException e) {
        // the other direction ends with it
      }
      reset();
    }

    private boolean passes(boolean request) throws IOException {
      Trouble now = trouble;
      if (now == Trouble.DELAYED) {
        hits.incrementAndGet();
        LockSupport.parkNanos(delay.toNanos());
      }
      if (now == Trouble.HALF_OPEN && !lost) {
        hits.incrementAndGet();
        lost = true;
      }
      if (now == Trouble.RESET_AFTER_REQUEST && !request) {
        hits.incrementAndGet();
        throw new IOException("reset");
      }
      return !lost;
    }

    void reset() {
      pipes.remove(this);
      Link.reset(near);
      Link.reset(far);
    }
  }
}

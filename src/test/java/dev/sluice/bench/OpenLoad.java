package dev.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Orders that come at a given rate, whether or not the earlier ones were answered: what clients in
 * the world do, and what a load that waits for its answers can't show. One thread, since it
 * competes for the same cores. Times count from when an order was due to be sent, so that a service
 * that holds up its clients gains nothing by it.
 */
final class OpenLoad {
  private static final int MOST_CONNECTIONS = 600;
  private static final long LONGEST_WAIT_NANOS = 20_000_000_000L;

  private final InetSocketAddress address;
  private final List<byte[]> tails;
  private final byte[] head;
  private long sent;

  /**
   * Load on a service.
   *
   * @param prefix of the idempotency keys, which no other load has
   * @param users lines of "user token"
   */
  OpenLoad(Server server, String prefix, List<String> users) {
    this.address = new InetSocketAddress("127.0.0.1", server.port());
    this.head =
        bytes(
            "POST /v1/withdrawals HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                + "Idempotency-Key: "
                + prefix
                + "-");
    this.tails = users.stream().map(OpenLoad::tail).toList();
  }

  private static byte[] tail(String line) {
    String[] user = line.split(" ", 2);
    String body =
        "{\"userId\":\"%s\",\"amount\":1.00,\"bankAccount\":\"%s\"}"
            .formatted(user[0], Wallets.mask());
    return bytes(
        "\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(user[1], body.length(), body));
  }

  /** Sends so many a second for so many seconds, then waits for the last answers. */
  Answers run(double perSecond, int seconds) throws IOException {
    try (Selector selector = Selector.open()) {
      Run run = new Run(selector, perSecond, seconds);
      try {
        run.go();
      } finally {
        run.close();
      }
      return run.answers;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private final class Run {
    private final Selector selector;
    private final long start = System.nanoTime();
    private final double perNano;
    private final long planned;
    private final Answers answers;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final Set<Connection> all = new HashSet<>();
    private long due;
    private int open;

    Run(Selector selector, double perSecond, int seconds) {
      this.selector = selector;
      this.perNano = perSecond / 1e9;
      this.planned = Math.round(perSecond * seconds);
      this.answers = new Answers(start, seconds);
    }

    void go() throws IOException {
      long lastDue = start + Math.round(planned / perNano);
      while (answers.count() < planned && System.nanoTime() < lastDue + LONGEST_WAIT_NANOS) {
        send();
        selector.select(this::ready, 1);
      }
      answers.unanswered(planned - answers.count());
    }

    void close() throws IOException {
      for (Connection connection : all) {
        connection.channel.close();
      }
    }

    private void send() throws IOException {
      long now = System.nanoTime();
      while (due < planned && start + due / perNano <= now) {
        waiting.add(start + Math.round(due++ / perNano));
      }
      while (!waiting.isEmpty() && (!idle.isEmpty() || open < MOST_CONNECTIONS)) {
        Connection connection = idle.isEmpty() ? connect() : idle.pop();
        connection.send(waiting.remove());
      }
    }

    private Connection connect() throws IOException {
      Connection connection = new Connection(SocketChannel.open(address));
      connection.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      connection.channel.configureBlocking(false);
      connection.channel.register(selector, SelectionKey.OP_READ, connection);
      all.add(connection);
      open++;
      return connection;
    }

    private void ready(SelectionKey key) {
      Connection connection = (Connection) key.attachment();
      try {
        if (connection.read(answers)) {
          if (connection.ends) {
            drop(connection);
          } else {
            idle.push(connection);
          }
        }
      } catch (IOException e) {
        answers.broken(connection.dueAt);
        drop(connection);
      }
    }

    private void drop(Connection connection) {
      try {
        connection.channel.close();
      } catch (IOException e) {
        // it is gone, then
      }
      all.remove(connection);
      open--;
    }
  }

  private final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(8192);
    private long dueAt;
    private boolean ends;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void send(long at) throws IOException {
      dueAt = at;
      byte[] tail = tails.get(ThreadLocalRandom.current().nextInt(tails.size()));
      byte[] key = bytes(Long.toString(sent++));
      ByteBuffer out = ByteBuffer.allocate(head.length + key.length + tail.length);
      out.put(head).put(key).put(tail).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** Whether an answer is complete. */
    boolean read(Answers answers) throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("closed");
      }
      String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0 || !RawClient.isWhole(text, end + 4)) {
        return false;
      }
      int status = Integer.parseInt(text.substring(9, 12));
      answers.add(status, text.contains("\r\nRetry-After: "), dueAt, System.nanoTime());
      ends = text.contains("\r\nConnection: close\r\n");
      in.clear();
      return true;
    }
  }
}

package dev.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps so many orders under way: whenever the merchant is told of one, the next is sent. So each
 * step of the way has work, and none drowns in it.
 */
final class Orders implements AutoCloseable {
  private static final int CONNECTIONS = 32;
  private static final long PAUSE_NANOS = 5_000_000;
  private static final int LONGEST_WAIT_SECONDS = 60;

  private final Server server;
  private final Secrets secrets;
  private final int accounts;
  private final Semaphore room;
  private final int underWay;
  private final AtomicBoolean paused = new AtomicBoolean(true);
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final Map<String, Long> since = new ConcurrentHashMap<>();
  private final Map<Integer, String> tokens = new ConcurrentHashMap<>();
  private final List<Double> millis = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong turn = new AtomicLong();
  private volatile double perSecond;
  private volatile long paceSince;
  private volatile boolean closed;

  Orders(Server server, Secrets secrets, Merchant merchant, int accounts, int underWay) {
    this.server = server;
    this.secrets = secrets;
    this.accounts = accounts;
    this.underWay = underWay;
    this.room = new Semaphore(underWay);
    merchant.onEvent(this::delivered);
    for (int i = 0; i < CONNECTIONS; i++) {
      threads.add(Thread.ofPlatform().daemon().name("orders-" + i).start(this::sendAll));
    }
  }

  /** From now on no more than so many are sent in a second. */
  void pace(double most) {
    turn.set(0);
    paceSince = System.nanoTime();
    perSecond = most;
  }

  /** How long those took that have arrived since this was asked last, in milliseconds, sorted. */
  double[] takeMillis() {
    synchronized (millis) {
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      millis.clear();
      return sorted;
    }
  }

  /** Sends for so many seconds, counts what arrives in them, and waits for the rest. */
  Load load(int seconds) throws InterruptedException {
    long errorsBefore = errors.get();
    takeMillis();
    paused.set(false);
    long start = System.nanoTime();
    long before = delivered.get();
    long sentBefore = sent.get();
    while (System.nanoTime() - start < seconds * 1_000_000_000L) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    long arrived = delivered.get() - before;
    double took = (System.nanoTime() - start) / 1e9;
    double[] sorted = takeMillis();
    paused.set(true);
    if (!room.tryAcquire(underWay, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "%d of %d orders never arrived; the service said: %s"
              .formatted(since.size(), sent.get() - sentBefore, server.lastSaid()));
    }
    room.release(underWay);
    return new Load(
        arrived,
        took,
        sorted.length == 0 ? 0 : sorted[sorted.length / 2],
        sorted.length == 0 ? 0 : sorted[sorted.length * 99 / 100],
        errors.get() - errorsBefore);
  }

  private void delivered(String body) {
    delivered.incrementAndGet();
    String note = "\"note\":\"";
    int at = body.indexOf(note) + note.length();
    Long began = since.remove(body.substring(at, body.indexOf('"', at)));
    if (began != null) {
      double took = (System.nanoTime() - began) / 1e6;
      synchronized (millis) {
        millis.add(took);
      }
    }
    room.release();
  }

  /** On a connection that is opened when there is something to send: idle ones are hung up on. */
  private void sendAll() {
    SplittableRandom random = new SplittableRandom();
    while (!closed) {
      if (paused.get()) {
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      try (RawClient client = new RawClient(server.url())) {
        while (!closed && !paused.get()) {
          awaitTurn();
          room.acquire();
          sendOne(client, 1 + random.nextInt(accounts));
        }
      } catch (IOException e) {
        errors.incrementAndGet();
        room.release();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void awaitTurn() {
    double pace = perSecond;
    if (pace > 0) {
      long due = paceSince + (long) (turn.getAndIncrement() / pace * 1e9);
      while (!closed && due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  private void sendOne(RawClient client, int account) throws IOException {
    String key = server.name() + "-" + sent.incrementAndGet();
    since.put(key, System.nanoTime());
    if (client.send(request(key, account)) != 201) {
      errors.incrementAndGet();
      since.remove(key);
      room.release();
    }
  }

  private byte[] request(String key, int account) {
    String user = Wallets.user(account);
    String token = tokens.computeIfAbsent(account, a -> secrets.token(user, "withdrawals"));
    String body =
        "{\"userId\":\"%s\",\"amount\":1.00,\"bankAccount\":\"%s\",\"note\":\"%s\"}"
            .formatted(user, Wallets.mask(), key);
    String head =
        """
        POST /v1/withdrawals HTTP/1.1\r
        Host: bench\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Idempotency-Key: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(token, key, body.length());
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}

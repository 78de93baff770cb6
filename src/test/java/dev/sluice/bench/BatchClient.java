package dev.sluice.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Sends batches of orders, one after the other on each of a few connections. */
final class BatchClient {
  private static final byte[] ACCEPTED = "\"status\":201,".getBytes(StandardCharsets.US_ASCII);
  private static final Duration LONGEST_CALL = Duration.ofSeconds(60);
  private static final AtomicLong KEYS = new AtomicLong();

  private final URI url;
  private final String token;
  private final boolean lines;
  private final int orders;
  private final int accounts;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * A client.
   *
   * @param lines whether to send NDJSON rather than one JSON object
   * @param orders in one batch
   * @param accounts that they are spread over
   */
  BatchClient(Server server, String token, boolean lines, int orders, int accounts) {
    this.url = URI.create(server.url() + "/v1/withdrawal-batches");
    this.token = token;
    this.lines = lines;
    this.orders = orders;
    this.accounts = accounts;
  }

  private record Call(long accepted, double millis) {}

  /** Sends for about so many seconds; what began within them is counted to its end. */
  Load load(int connections, int seconds) throws Exception {
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    List<Call> calls = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Callable<List<Call>>> each = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        each.add(() -> sendUntil(end));
      }
      for (Future<List<Call>> done : threads.invokeAll(each)) {
        calls.addAll(done.get());
      }
    }
    double[] millis = calls.stream().mapToDouble(Call::millis).sorted().toArray();
    long accepted = calls.stream().mapToLong(Call::accepted).sum();
    return new Load(
        accepted,
        (System.nanoTime() - start) / 1e9,
        millis[millis.length / 2],
        millis[millis.length * 99 / 100],
        (long) calls.size() * orders - accepted);
  }

  private List<Call> sendUntil(long end) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom();
    List<Call> calls = new ArrayList<>();
    while (System.nanoTime() < end) {
      byte[] body = body(random);
      long start = System.nanoTime();
      long accepted = send(body);
      calls.add(new Call(accepted, (System.nanoTime() - start) / 1e6));
    }
    return calls;
  }

  private byte[] body(SplittableRandom random) {
    StringBuilder body = new StringBuilder(orders * 120);
    body.append(lines ? "" : "{\"orders\":[");
    for (int i = 0; i < orders; i++) {
      body.append(i == 0 || lines ? "" : ",")
          .append("{\"idempotencyKey\":\"batch-")
          .append(KEYS.incrementAndGet())
          .append("\",\"userId\":\"")
          .append(Wallets.user(1 + random.nextInt(accounts)))
          .append("\",\"amount\":\"1.00\",\"bankAccount\":\"")
          .append(Wallets.mask())
          .append(lines ? "\"}\n" : "\"}");
    }
    return body.append(lines ? "" : "]}").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private long send(byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", lines ? "application/x-ndjson" : "application/json")
            .timeout(LONGEST_CALL)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream answer = response.body()) {
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "a batch was answered "
                + response.statusCode()
                + ": "
                + new String(answer.readNBytes(500), StandardCharsets.UTF_8));
      }
      return accepted(answer);
    }
  }

  /** How many orders are answered with 201, as a stream is read in pieces. */
  private static long accepted(InputStream answer) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    int kept = 0;
    long found = 0;
    for (int read; (read = answer.read(buffer, kept, buffer.length - kept)) >= 0; ) {
      int size = kept + read;
      int at = 0;
      while (at + ACCEPTED.length <= size) {
        if (buffer[at] == '"'
            && Arrays.equals(buffer, at, at + ACCEPTED.length, ACCEPTED, 0, ACCEPTED.length)) {
          found++;
          at += ACCEPTED.length;
        } else {
          at++;
        }
      }
      kept = size - at;
      System.arraycopy(buffer, at, buffer, 0, kept);
    }
    return found;
  }
}

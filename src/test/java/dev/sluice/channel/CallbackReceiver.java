package dev.sluice.channel;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Receives callbacks and keeps them as they came. */
public final class CallbackReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<RawCallback> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger toRefuse = new AtomicInteger();

  /**
   * Listens on a free port.
   *
   * @param receipt what the provider takes for an answer
   */
  public CallbackReceiver(String receipt) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          Map<String, List<String>> headers = new HashMap<>();
          exchange
              .getRequestHeaders()
              .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean refuse = toRefuse.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          received.add(new RawCallback(exchange.getRequestURI().getPath(), headers, body));
          byte[] answer = (refuse ? "SORRY" : receipt).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/callbacks/x");
  }

  /** Everything that came, in order. */
  public List<RawCallback> received() {
    return received;
  }

  /** Answers the next ones with something else than a receipt. */
  public void refuseNext(int count) {
    toRefuse.set(count);
  }

  public void forget() {
    received.clear();
  }

  /** Waits for so many and gives them. */
  public List<RawCallback> await(int count) {
    Eventually.until(count + " callbacks", () -> received.size() >= count);
    return List.copyOf(received);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

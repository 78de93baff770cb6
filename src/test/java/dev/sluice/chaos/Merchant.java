package dev.sluice.chaos;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The merchant: takes webhooks, and remembers what they said. */
final class Merchant implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Set<String>> events = new ConcurrentHashMap<>();
  private final AtomicLong received = new AtomicLong();
  private final Pulse pulse;

  /** Listens on a free port of the loopback address. */
  Merchant(Pulse pulse) {
    this.pulse = pulse;
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext(
        "/hooks",
        exchange -> {
          try (exchange) {
            JsonNode event = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String id = String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id"));
            note(id, event);
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
  }

  private void note(String id, JsonNode event) {
    String status = event.at("/data/status").asString();
    events
        .computeIfAbsent(
            event.at("/data/id").asString() + " " + status, k -> ConcurrentHashMap.newKeySet())
        .add(id);
    received.incrementAndGet();
    pulse.beat(Pulse.SETTLED);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Deliveries, repeated ones too. */
  long received() {
    return received.get();
  }

  /** The ids of the events that told of this order in this state; there should be one. */
  Set<String> events(String order, String status) {
    return events.getOrDefault(order + " " + status, Set.of());
  }

  /** Order and state of all that was told. */
  Set<String> all() {
    return events.keySet();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}

package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What all handlers share. */
final class Http {
  /** The longest body that the bank reads. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  private Http() {}

  /** The body, or null if it is too long; then the call has been answered. */
  static byte @Nullable [] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      problem(exchange, 413, "PAYLOAD_TOO_LARGE", "a body has at most 64 KiB");
      exchange.close();
      return null;
    }
    return body;
  }

  /** Answers with JSON. */
  static void json(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, status, body);
  }

  /** Answers that the call is at fault, or the bank; never signed. */
  static void problem(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    json(exchange, status, Json.bytes(new TreeMap<>(Map.of("code", code, "message", message))));
  }

  /** Answers with bytes. */
  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** The value of a query parameter, or null. */
  static @Nullable String parameter(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null) {
      return null;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      }
    }
    return null;
  }
}

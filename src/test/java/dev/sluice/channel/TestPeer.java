package dev.sluice.channel;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A provider whose answers a test writes by hand. */
public final class TestPeer implements AutoCloseable {
  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Script script = request -> new Said(500, Map.of(), "");

  public TestPeer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new HashMap<>();
          exchange
              .getRequestHeaders()
              .forEach((name, all) -> headers.put(name.toLowerCase(Locale.ROOT), all.getFirst()));
          Asked request =
              new Asked(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI(),
                  headers,
                  exchange.getRequestBody().readAllBytes());
          asked.add(request);
          Said said = script.answer(request);
          said.headers().forEach(exchange.getResponseHeaders()::set);
          byte[] body = said.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(said.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Answers so from now on. */
  public void answer(Script newScript) {
    script = newScript;
  }

  /** All that was asked, in order. */
  public List<Asked> asked() {
    return asked;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** How to answer. */
  @FunctionalInterface
  public interface Script {
    Said answer(Asked request);
  }

  /** An answer. */
  public record Said(int status, Map<String, String> headers, String body) {}

  /** A request as it came, headers by lower-case name. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Asked(String method, URI uri, Map<String, String> headers, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** Parameters of address and form. */
    public Map<String, String> parameters() {
      Map<String, String> parameters = new TreeMap<>();
      for (String pair : (uri.getRawQuery() + "&" + text()).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(
              URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
      return parameters;
    }
  }
}

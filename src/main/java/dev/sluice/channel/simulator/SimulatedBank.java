package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.money.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bank to try things with: an HTTP service with a durable record of its own, which pays nothing
 * but keeps its promises as a bank would, and breaks them when it is told to.
 *
 * <p>Calls: {@code POST /payouts}, {@code GET /payouts/{requestNo}} (signed); {@code GET
 * /payments}, {@code /control/...} (loopback only); {@code GET /health}.
 */
public final class SimulatedBank implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SimulatedBank.class);
  private static final int MAX_CALLS_AT_ONCE = 2_048;
  private static final int BACKLOG = 1_024;

  static {
    // Read once by the JDK's server: without it each small reply waits for a delayed ACK.
    setIfAbsent("sun.net.httpserver.nodelay", "true");
    setIfAbsent("sun.net.httpserver.maxIdleConnections", "1024");
    // Seconds to read a request: a caller that stalls gives its place back.
    setIfAbsent("sun.net.httpserver.maxReqTime", "30");
  }

  private final SimulatorSettings settings;
  private final Clock clock;
  private final Semaphore places = new Semaphore(MAX_CALLS_AT_ONCE);
  private volatile @Nullable URI callbackUrl;
  private final List<ProviderSimulation> providers = new ArrayList<>();
  private @Nullable Running running;

  /** A bank that waits to be started. */
  public SimulatedBank(SimulatorSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.callbackUrl = settings.callbackUrl();
  }

  /** From its next start on it poses as this provider too, at a path or file server of its own. */
  public synchronized SimulatedBank speak(ProviderSimulation provider) {
    providers.add(provider);
    return this;
  }

  /**
   * Where its file server listens.
   *
   * @throws IllegalStateException if it doesn't
   */
  public synchronized int filePort() {
    if (running == null || running.files() == null) {
      throw new IllegalStateException("the simulated bank's file server isn't running");
    }
    return running.files().port();
  }

  /**
   * Reads the record, goes on with what was under way, and listens.
   *
   * @throws IllegalStateException if it runs already, or its journal is damaged or in use
   * @throws UncheckedIOException if the port or the journal can't be opened
   */
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException("the simulated bank runs already");
    }
    PaymentBook book = new PaymentBook(settings.journal(), clock);
    try {
      running = run(book);
    } catch (IOException e) {
      book.close();
      throw new UncheckedIOException(
          "the simulated bank can't listen on %s:%d".formatted(settings.host(), settings.port()),
          e);
    }
    log.info("the simulated bank listens on {}:{}", settings.host(), port());
  }

  /**
   * Where it listens.
   *
   * @throws IllegalStateException if it doesn't
   */
  public synchronized int port() {
    if (running == null) {
      throw new IllegalStateException("the simulated bank isn't running");
    }
    return running.server().getAddress().getPort();
  }

  /** The base URL of its calls. */
  public URI url() {
    return URI.create("http://%s:%d".formatted(settings.host(), port()));
  }

  /** From now on callbacks go there, those still owed too. */
  public void sendCallbacksTo(URI url) {
    callbackUrl = url;
  }

  /** Stops listening, hangs up on whoever waits, and closes the record. May be started again. */
  @Override
  public synchronized void close() {
    Running current = running;
    running = null;
    if (current != null) {
      current.close();
    }
  }

  private Running run(PaymentBook book) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), BACKLOG);
    Timer timer = new Timer();
    Faults faults = new Faults();
    List<Protocol> protocols = new ArrayList<>();
    CallbackSender callbacks = new CallbackSender(book, protocols, timer, clock);
    Ids ids = new Ids(clock, new SecureRandom());
    Funds funds = new Funds(book);
    PaymentDesk desk = new PaymentDesk(settings, clock, ids, book, faults, callbacks, timer, funds);
    protocols.add(new BankProtocol(settings, clock, timer, desk, funds, () -> callbackUrl));
    BankFileServer files = null;
    for (ProviderSimulation provider : providers) {
      Protocol protocol = protocol(provider, timer, desk, funds);
      protocols.add(protocol);
      if (protocol instanceof BankFileProtocol byFile) {
        files = new BankFileServer(settings.host(), byFile, faults, timer);
      }
    }
    for (Protocol protocol : protocols) {
      for (String path : protocol.paths()) {
        server.createContext(path, bounded(protocol::handle));
      }
    }
    Control control =
        new Control(desk, book, faults, funds, protocols.stream().map(Protocol::name).toList());
    server.createContext(Control.PATH, bounded(loopbackOnly(control::handle)));
    server.createContext(
        PaymentView.PATH, bounded(loopbackOnly(exchange -> PaymentView.handle(exchange, book))));
    server.createContext(
        "/health",
        exchange -> {
          if (faults.isInForce(Fault.DOWN)) {
            exchange.close();
          } else {
            Http.send(exchange, 200, "UP".getBytes(StandardCharsets.UTF_8));
          }
        });
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bank-call-", 0).factory());
    server.setExecutor(executor);
    desk.resume();
    server.start();
    return new Running(server, files, executor, timer, callbacks, book);
  }

  private Protocol protocol(
      ProviderSimulation provider, Timer timer, PaymentDesk desk, Funds funds) {
    String merchantId = settings.merchantId();
    return switch (provider) {
      case AlipaySimulation alipay ->
          new AlipayProtocol(alipay, merchantId, clock, timer, desk, funds, () -> callbackUrl);
      case WechatSimulation wechat ->
          new WechatProtocol(wechat, merchantId, clock, timer, desk, funds, () -> callbackUrl);
      case UnionPaySimulation unionPay ->
          new UnionPayProtocol(unionPay, merchantId, clock, timer, desk, () -> callbackUrl);
      case BankFileSimulation byFile -> new BankFileProtocol(byFile, merchantId, clock, desk);
    };
  }

  private HttpHandler bounded(HttpHandler handler) {
    return exchange -> {
      if (!places.tryAcquire()) {
        Http.problem(exchange, 503, "BUSY", "the bank is busy");
        return;
      }
      try {
        handler.handle(exchange);
      } catch (RuntimeException e) {
        log.error("a call to the simulated bank failed", e);
        exchange.close();
      } finally {
        places.release();
      }
    };
  }

  private static HttpHandler loopbackOnly(HttpHandler handler) {
    return exchange -> {
      if (isLoopback(exchange)) {
        handler.handle(exchange);
      } else {
        Http.problem(exchange, 403, "FORBIDDEN", "for callers on this machine only");
      }
    };
  }

  private static boolean isLoopback(HttpExchange exchange) {
    return exchange.getRemoteAddress().getAddress().isLoopbackAddress();
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private record Running(
      HttpServer server,
      @Nullable BankFileServer files,
      ExecutorService executor,
      Timer timer,
      CallbackSender callbacks,
      PaymentBook book) {

    void close() {
      timer.close();
      if (files != null) {
        files.close();
      }
      server.stop(0);
      callbacks.close();
      executor.close();
      book.close();
    }
  }
}

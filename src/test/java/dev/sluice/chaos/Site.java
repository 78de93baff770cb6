package dev.sluice.chaos;

import dev.sluice.SluiceApplication;
import dev.sluice.channel.simulator.SimulatorMain;
import dev.sluice.support.ChildProcess;
import dev.sluice.support.DatabaseProcess;
import dev.sluice.support.FreePorts;
import dev.sluice.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The whole system as real processes: two instances, PostgreSQL and the simulated bank, which poses
 * as a second provider, too, with a link of ours between any two of them that talk.
 */
final class Site implements AutoCloseable {
  static final String MERCHANT = "chaos";
  static final byte[] TOKEN_SECRET =
      "chaos-secret-chaos-secret-chaos-secret".getBytes(StandardCharsets.UTF_8);
  static final String ISSUER = "https://login.chaos.example";
  static final String AUDIENCE = "sluice";
  static final int POOL_SIZE = 8;

  private static final String REQUEST_SECRET = "request-secret-of-the-chaos";
  private static final String REPLY_SECRET = "reply-secret-of-the-chaos-00";
  private static final Duration LONGEST_START = Duration.ofSeconds(120);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Path work;
  private final String acceptanceWindow;
  private final String keyset = Vault.newKeyset();
  private final int bankPort = FreePorts.next();
  private final Map<String, Integer> instancePorts = new LinkedHashMap<>();
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final Map<String, ChildProcess> processes = new ConcurrentHashMap<>();
  private final AtomicBoolean callbackTurn = new AtomicBoolean();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final DatabaseProcess database;

  /**
   * Sets all of it up, links first, and starts it.
   *
   * @param longestHold how long a request to a provider may be held up at most
   */
  Site(Path work, int merchantPort, Duration longestHold) {
    this.work = work;
    this.acceptanceWindow = longestHold.plus(MARGIN).toMillis() + "ms";
    Plan.INSTANCES.forEach(name -> instancePorts.put(name, FreePorts.next()));
    this.database = DatabaseProcess.create(work, FreePorts.next());
    int databasePort = URI.create(database.url().substring("jdbc:".length())).getPort();
    for (String side : List.of("a", "b")) {
      int instance = instancePort("instance-" + side);
      link("client-" + side, () -> List.of(instance));
      link("database-" + side, () -> List.of(databasePort));
      link("bank-" + side, () -> List.of(bankPort));
    }
    link("callbacks", this::whoeverTakesCallbacks);
    link("webhooks", () -> List.of(merchantPort));
    startBank();
    Plan.INSTANCES.parallelStream().forEach(this::startInstance);
  }

  private void link(String name, Supplier<List<Integer>> targets) {
    links.put(name, new Link(name, targets));
  }

  /** One or the other in turn, as a balancer would, and the other one if that isn't there. */
  private List<Integer> whoeverTakesCallbacks() {
    List<Integer> ports = new ArrayList<>(instancePorts.values());
    boolean turn = callbackTurn.get();
    callbackTurn.set(!turn);
    if (turn) {
      Collections.reverse(ports);
    }
    return ports;
  }

  private int instancePort(String name) {
    Integer port = instancePorts.get(name);
    if (port == null) {
      throw new IllegalArgumentException(name + " is no instance");
    }
    return port;
  }

  Link link(String name) {
    Link link = links.get(name);
    if (link == null) {
      throw new IllegalArgumentException(name + " is no link");
    }
    return link;
  }

  List<Link> links() {
    return List.copyOf(links.values());
  }

  DatabaseProcess database() {
    return database;
  }

  /** Where the bank is reached without any link. */
  URI bank() {
    return URI.create("http://127.0.0.1:" + bankPort);
  }

  /** Where a client reaches an instance, by way of its link. */
  URI client(String side) {
    return URI.create("http://127.0.0.1:" + link("client-" + side).port());
  }

  ChildProcess process(String name) {
    if (name.equals("database")) {
      return database.process();
    }
    ChildProcess process = processes.get(name);
    if (process == null) {
      throw new IllegalArgumentException(name + " is no process");
    }
    return process;
  }

  /** Starts a process again that was killed, and waits until it serves. */
  void startAgain(String name) {
    switch (name) {
      case "database" -> database.startAgain();
      case "bank" -> startBank();
      default -> startInstance(name);
    }
  }

  private void startBank() {
    processes.put(
        "bank",
        ChildProcess.java(
            "bank",
            work.resolve("bank.log"),
            Map.of(
                "SLUICE_BANK_REQUEST_SECRET",
                REQUEST_SECRET,
                "SLUICE_BANK_REPLY_SECRET",
                REPLY_SECRET),
            List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            SimulatorMain.class.getName(),
            List.of(
                "--port",
                "" + bankPort,
                "--journal",
                work.resolve("bank.jsonl").toString(),
                "--merchant",
                MERCHANT,
                "--callback-url",
                callbacksTo("bank"),
                "--alipay",
                work.resolve("alipay").toString(),
                "--alipay-callback-url",
                callbacksTo("alipay"))));
    if (!answers("bank", bank().resolve("/health"))) {
      throw new IllegalStateException("the bank doesn't start; see " + work.resolve("bank.log"));
    }
  }

  private String callbacksTo(String channel) {
    return "http://127.0.0.1:" + link("callbacks").port() + "/v1/callbacks/" + channel;
  }

  /** As a supervisor would: one that finds no database when it starts is started once more. */
  private void startInstance(String name) {
    long deadline = System.nanoTime() + LONGEST_START.toNanos();
    URI live = URI.create("http://127.0.0.1:" + instancePort(name) + "/actuator/health/liveness");
    do {
      launchInstance(name);
      if (answers(name, live)) {
        return;
      }
    } while (System.nanoTime() < deadline);
    throw new IllegalStateException(name + " doesn't start; see " + work.resolve(name + ".log"));
  }

  private void launchInstance(String name) {
    String side = name.substring(name.length() - 1);
    String key = Base64.getEncoder().encodeToString(TOKEN_SECRET);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.port", "" + instancePort(name));
    settings.put("server.address", "127.0.0.1");
    settings.put("spring.main.banner-mode", "off");
    settings.put("sluice.database.url", database.url(link("database-" + side).port()));
    settings.put("sluice.database.user", "postgres");
    settings.put("sluice.database.password", "postgres");
    settings.put("sluice.database.pool-size", "" + POOL_SIZE);
    settings.put("sluice.vault.keyset", keyset);
    settings.put("sluice.vault.fingerprint-key", key);
    settings.put("sluice.jwt.hmac-secret", key);
    settings.put("sluice.jwt.issuer", ISSUER);
    settings.put("sluice.jwt.audience", AUDIENCE);
    settings.put("sluice.webhooks.allow-http", "true");
    settings.put("sluice.webhooks.allowed-ranges", "127.0.0.0/8");
    settings.put("sluice.webhooks.retry-pauses", "1s,2s,3s");
    settings.put("sluice.channels.bank.url", "http://127.0.0.1:" + link("bank-" + side).port());
    settings.put("sluice.channels.bank.merchant-id", MERCHANT);
    settings.put("sluice.channels.bank.request-secret", REQUEST_SECRET);
    settings.put("sluice.channels.bank.reply-secret", REPLY_SECRET);
    settings.put("sluice.channels.bank.call-timeout", "3s");
    settings.put("sluice.routing.channels.bank.priority", "10");
    settings.put(
        "sluice.channels.alipay.url",
        "http://127.0.0.1:" + link("bank-" + side).port() + "/alipay/gateway.do");
    settings.put("sluice.channels.alipay.app-id", "2021000000000001");
    settings.put("sluice.channels.alipay.private-key-file", alipayKey("app-private.pem"));
    settings.put("sluice.channels.alipay.alipay-public-key-file", alipayKey("alipay-public.pem"));
    settings.put("sluice.channels.alipay.call-timeout", "3s");
    settings.put("sluice.channels.alipay.acceptance-window", acceptanceWindow);
    settings.put("sluice.channels.bank.acceptance-window", acceptanceWindow);
    settings.put("sluice.payouts.query-pauses", "1s,2s,3s,5s");
    settings.put("sluice.payouts.no-channel-pause", "2s");
    List<String> arguments = new ArrayList<>();
    settings.forEach((setting, value) -> arguments.add("--" + setting + "=" + value));
    processes.put(
        name,
        ChildProcess.java(
            name,
            work.resolve(name + ".log"),
            Map.of(),
            List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+HeapDumpOnOutOfMemoryError",
                "-XX:HeapDumpPath=" + work.resolve(name + ".hprof"),
                "--enable-native-access=ALL-UNNAMED"),
            SluiceApplication.class.getName(),
            arguments));
  }

  private String alipayKey(String file) {
    return work.resolve("alipay").resolve(file).toString();
  }

  /** Waits until it answers; false if it ends or is killed before. */
  private boolean answers(String name, URI at) {
    ChildProcess process = process(name);
    HttpRequest request = HttpRequest.newBuilder(at).timeout(Duration.ofSeconds(3)).build();
    return ChildProcess.await(LONGEST_START, () -> !process.isAlive() || statusOf(request) == 200)
        && process.isAlive();
  }

  private int statusOf(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Processes that don't run. */
  List<String> ended() {
    return Plan.PROCESSES.stream().filter(name -> !process(name).isAlive()).toList();
  }

  @Override
  public void close() {
    Plan.INSTANCES.forEach(name -> process(name).stop(LONGEST_STOP));
    process("bank").stop(LONGEST_STOP);
    database.stop();
    links.values().forEach(Link::close);
    http.shutdownNow();
  }
}

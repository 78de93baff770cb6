package dev.sluice.payout;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.channel.BankControl;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.bank.BankChannel;
import dev.sluice.channel.bank.BankSettings;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.money.Money;
import dev.sluice.queue.Worker;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.WithdrawalState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Three thousand withdrawals at each rate of faults, over two real banks, while the main one fails:
 * half of its faults pay and then time out. Whatever the rate, each order is paid once over both,
 * in the exact amount and to its beneficiary, and none fails for it.
 */
@Execution(ExecutionMode.CONCURRENT)
class RoutingProofTest {
  private static final int ORDERS = 3_000;

  /** A rate, so that modes can follow. */
  private static final Duration PACE = Duration.ofMillis(3);

  /** How long the main channel is dead. */
  private static final Duration DEAD = Duration.ofSeconds(60);

  /** A call, its margin, the longest pauses between questions, and room for a busy machine. */
  private static final Duration LONGEST_WAY = Duration.ofSeconds(60);

  private static final String REQUEST_SECRET = "request-secret-of-the-proof";
  private static final String REPLY_SECRET = "reply-secret-of-the-proof-00";

  @TempDir Path directory;
  private final TestDatabase database = TestDatabase.create();
  private HttpServer callbacks;
  private SimulatedBank main;
  private SimulatedBank backup;
  private BankChannel mainChannel;
  private BankChannel backupChannel;
  private Engine engine;
  private List<Worker> workers;
  private final Set<String> modes = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void open() throws IOException {
    callbacks = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 256);
    callbacks.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    main = bank("main");
    backup = bank("backup");
    mainChannel = channel("main", main);
    backupChannel = channel("backup", backup);
    engine =
        new Engine(
            database.dataSource(),
            Clock.systemUTC(),
            Engine.Options.defaults().withThreads(),
            mainChannel,
            backupChannel);
    callbacks.createContext(
        "/cb/",
        exchange -> {
          Map<String, List<String>> headers = new HashMap<>();
          exchange
              .getRequestHeaders()
              .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
          String path = exchange.getRequestURI().getPath();
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean stored =
              engine
                      .payouts
                      .callbacks()
                      .receive(path.substring(4), new RawCallback(path, headers, body))
                  instanceof CallbackInbox.Receipt.Stored;
          byte[] answer = "RECEIVED".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(stored ? 200 : 503, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    callbacks.start();
    Duration idle = Duration.ofMillis(50);
    workers =
        List.of(
            new Worker("dispatch", 0, idle, engine.payouts::dispatchOnce),
            new Worker("recovery", 0, idle, engine.payouts::recoverOnce),
            new Worker("compensation", 0, idle, engine.payouts::compensateOnce),
            new Worker("watch", 0, Duration.ofMillis(20), this::watch),
            new Worker("care", 0, Duration.ofMillis(200), engine.router::lookAfter));
    workers.forEach(Worker::start);
  }

  @AfterEach
  void close() throws Exception {
    workers.forEach(Worker::stop);
    engine.close();
    callbacks.stop(0);
    mainChannel.close();
    backupChannel.close();
    main.close();
    backup.close();
    database.close();
  }

  private int watch() {
    modes.add(trafficOfMain());
    return 0;
  }

  private String trafficOfMain() {
    return engine.router.status().stream()
        .filter(s -> s.name().equals("main"))
        .findFirst()
        .orElseThrow()
        .traffic();
  }

  private SimulatedBank bank(String name) {
    URI callback =
        URI.create("http://127.0.0.1:" + callbacks.getAddress().getPort() + "/cb/" + name);
    SimulatedBank bank =
        new SimulatedBank(
            new SimulatorSettings(
                "127.0.0.1",
                0,
                directory.resolve(name + ".jsonl"),
                "m-1",
                REQUEST_SECRET,
                REPLY_SECRET,
                callback,
                Duration.ofMillis(20)),
            Clock.systemUTC());
    bank.start();
    return bank;
  }

  private static BankChannel channel(String name, SimulatedBank bank) {
    return new BankChannel(
        new BankSettings(
            name,
            bank.url(),
            "m-1",
            REQUEST_SECRET,
            REPLY_SECRET,
            new ChannelLimits(
                Set.of("CNY"),
                Set.of("CARD"),
                1,
                1_000_000_000,
                32,
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofDays(1),
                true),
            Duration.ofMinutes(5)),
        Clock.systemUTC());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 10, 30})
  void paysEachOrderOnceWhateverTheMainChannelDoes(int percent) {
    try (BankControl control = new BankControl(main.url())) {
      String half = ",\"count\":-1,\"seed\":%d,\"probability\":%s";
      control.fault("PAY_THEN_TIME_OUT", half.formatted(1, percent / 200.0));
      control.fault("ERROR_500", half.formatted(2, percent / 200.0));
      withdrawAll(PACE);
      waitUntil(() -> stillOpen() == 0, Duration.ofSeconds(120));
    }
    check(percent);
    // Over the three rates, the router was in each of its three modes.
    assertThat(modes).contains(Map.of(3, "NORMAL", 10, "SHARED", 30, "BACKUP").get(percent));
  }

  @Test
  void failsNoOrderWhileTheMainChannelIsDeadAndRecoversByItself() {
    try (BankControl control = new BankControl(main.url())) {
      control.fault("DOWN", ",\"count\":-1");
      long died = System.nanoTime();
      withdrawAll(DEAD.dividedBy(ORDERS));
      waitUntil(() -> System.nanoTime() - died >= DEAD.toNanos(), DEAD.plusSeconds(1));
      assertThat(trafficOfMain()).isEqualTo("BACKUP");
      control.call("DELETE", "/control/faults", "", 204);
      long back = System.nanoTime();
      int more = 0;
      while (!trafficOfMain().equals("NORMAL") && more < 3_000) {
        engine.accepted("u" + more % 10, "more-" + more++, 100);
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
      System.out.printf(
          "main channel dead for %d s, %d orders meanwhile; all traffic back on it after %d ms%n",
          DEAD.toSeconds(), ORDERS, Duration.ofNanos(System.nanoTime() - back).toMillis());
      assertThat(trafficOfMain()).isEqualTo("NORMAL");
      waitUntil(() -> stillOpen() == 0, Duration.ofSeconds(60));
    }
    check(100);
  }

  private void withdrawAll(Duration pace) {
    for (int u = 0; u < 10; u++) {
      engine.wallet("u" + u, 1_000_000_000);
    }
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < ORDERS; i++) {
        int n = i;
        clients.execute(() -> engine.accepted("u" + n % 10, "k" + n, 1_000 + n));
        LockSupport.parkNanos(pace.toNanos());
      }
    }
  }

  private long stillOpen() {
    Long open =
        engine.jdbc.queryForObject(
            """
            select count(*) from withdrawal w where w.status in ('PENDING', 'PROCESSING')
               and not exists (select 1 from review_case c where c.withdrawal_id = w.id)
            """,
            Long.class);
    return open == null ? -1 : open;
  }

  private void check(int percent) {
    Map<String, String> paid = new HashMap<>();
    Map<String, Integer> byBank = new HashMap<>();
    for (SimulatedBank bank : List.of(main, backup)) {
      try (BankControl control = new BankControl(bank.url())) {
        int count = 0;
        for (JsonNode payment : control.payments()) {
          int times = payment.get("timesPaid").intValue();
          assertThat(times).as("one number is paid once").isLessThanOrEqualTo(1);
          if (times == 1) {
            count++;
            assertThat(payment.get("account").asString()).isEqualTo("622208******1234");
            String number = payment.get("requestNo").asString();
            assertThat(paid.put(number, payment.get("amount").asString())).as(number).isNull();
          }
        }
        byBank.put(bank == main ? "main" : "backup", count);
      }
    }
    // Every number that a bank paid belongs to an order, and no order has two of them.
    Set<String> ordersPaid = new HashSet<>();
    engine.jdbc.query(
        """
        select replace(a.id::text, '-', '') as number, w.id::text as w, w.amount
          from payout_attempt a join withdrawal w on w.id = a.withdrawal_id
        """,
        row -> {
          String amount = paid.get(row.getString("number"));
          if (amount != null) {
            assertThat(ordersPaid.add(row.getString("w"))).as("one order is paid once").isTrue();
            assertThat(amount).isEqualTo(Money.ofMinor(row.getLong("amount"), "CNY").decimal());
          }
        });
    assertThat(ordersPaid).hasSize(paid.size());
    Long succeeded = count(WithdrawalState.SUCCESS);
    assertThat(succeeded).isEqualTo(ordersPaid.size());
    assertThat(count(WithdrawalState.FAILED)).isZero();
    Long reviews = engine.jdbc.queryForObject("select count(*) from review_case", Long.class);
    assertThat(reviews).as("nothing needed a person").isZero();
    Long longest =
        engine.jdbc.queryForObject(
            "select ceil(extract(epoch from max(updated_at - created_at)) * 1000)::bigint"
                + " from withdrawal",
            Long.class);
    // What the dead channel may have taken waits until the channel can be asked.
    Duration longestWay = percent == 100 ? LONGEST_WAY.plus(DEAD) : LONGEST_WAY;
    assertThat(longest).isLessThan(longestWay.toMillis());
    Invariants.checkAtRest(engine.jdbc);
    System.out.printf(
        "main channel faulty at %d %%: %d orders, %d paid by main, %d by backup, %d SUCCESS,"
            + " 0 FAILED, 0 twice, the longest took %d ms, modes seen %s%n",
        percent,
        engine.jdbc.queryForObject("select count(*) from withdrawal", Long.class),
        byBank.get("main"),
        byBank.get("backup"),
        succeeded,
        longest,
        new TreeSet<>(modes));
    switch (percent) {
      case 3 -> assertThat(byBank.get("main")).isGreaterThan(byBank.get("backup"));
      case 10 -> assertThat(byBank.get("backup")).isBetween(ORDERS / 10, ORDERS * 7 / 10);
      case 30 -> assertThat(byBank.get("backup")).isGreaterThan(ORDERS / 2);
      default -> {}
    }
  }

  private long count(WithdrawalState state) {
    Long count =
        engine.jdbc.queryForObject(
            "select count(*) from withdrawal where status = ?", Long.class, state.name());
    return count == null ? -1 : count;
  }

  private static void waitUntil(BooleanSupplier condition, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}

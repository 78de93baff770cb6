package dev.sluice.notify;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.money.Ids;
import dev.sluice.support.TestDatabase;
import dev.sluice.vault.Vault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Everything that sends webhooks, wired by hand on a real database, with a receiver beside it. */
final class Shop implements AutoCloseable {
  static final Executor DIRECT = Runnable::run;
  static final Executor VIRTUAL = Thread.ofVirtual()::start;

  final TestDatabase database = TestDatabase.create();
  final TurnedClock clock = new TurnedClock();
  final Ids ids = new Ids(clock, new Random(1));
  final Vault vault = new Vault(Vault.newKeyset(), new byte[32]);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Receiver receiver = new Receiver();
  final WebhookSettings settings;
  final JdbcTemplate jdbc;
  final TransactionTemplate transactions;
  final HttpSender sender;
  final Notifications notifications;
  final WebhookEndpoints endpoints;
  private final List<AutoCloseable> closeables = new ArrayList<>();

  Shop() throws IOException {
    this(settings(Duration.ofSeconds(5)));
  }

  Shop(WebhookSettings settings) throws IOException {
    this.settings = settings;
    this.jdbc = new JdbcTemplate(database.dataSource());
    this.transactions = transactionsOn(database.dataSource());
    this.sender =
        new HttpSender(
            vault,
            clock,
            settings,
            new TargetGuard(settings.allowedRanges(), SystemDefaultDnsResolver.INSTANCE));
    this.notifications = new Notifications(jdbc, () -> {});
    this.endpoints =
        new WebhookEndpoints(jdbc, transactions, vault, ids, clock, settings, () -> {});
  }

  static WebhookSettings settings(Duration deadline) {
    return new WebhookSettings(
        true,
        List.of("127.0.0.0/8"),
        3,
        8,
        2,
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        deadline,
        List.of(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofHours(12)),
        Duration.ofDays(3),
        Duration.ofMillis(50));
  }

  Deliverer deliverer(Executor executor) {
    return deliverer(executor, sender);
  }

  Deliverer deliverer(Executor executor, Sender sender) {
    return deliverer(executor, sender, database.dataSource());
  }

  Deliverer deliverer(Executor executor, Sender sender, DataSource dataSource) {
    return new Deliverer(
        new JdbcTemplate(dataSource),
        transactionsOn(dataSource),
        clock,
        new Random(2),
        settings,
        sender,
        executor,
        meters);
  }

  HikariDataSource anotherPool(int connections) {
    HikariDataSource pool = database.anotherPool();
    pool.setMaximumPoolSize(connections);
    closeables.add(pool);
    return pool;
  }

  Registration.Registered register(String path, String... events) {
    return (Registration.Registered)
        endpoints.register(receiver.url(path), List.of(events), "ops-1");
  }

  /** A notice of its own withdrawal, enqueued. */
  Notice enqueue(String type) {
    UUID withdrawal = ids.next();
    Notice notice =
        new Notice(
            ids.next(),
            type,
            withdrawal,
            3,
            "{\"type\":\""
                + type
                + "\",\"data\":{\"id\":\""
                + withdrawal
                + "\",\"holder\":\"张三\"}}");
    enqueue(List.of(notice));
    return notice;
  }

  void enqueue(List<Notice> notices) {
    transactions.executeWithoutResult(_ -> notifications.enqueue(notices, clock.instant()));
  }

  Delivery onlyDelivery(Registration.Registered registered) {
    List<Delivery> all = endpoints.deliveries(registered.endpoint().id(), null, 10);
    if (all.size() != 1) {
      throw new AssertionError("expected one delivery: " + all);
    }
    return all.getFirst();
  }

  int pending() {
    Integer pending =
        jdbc.queryForObject(
            "select count(*) from notification_delivery where state = 'PENDING'", Integer.class);
    return pending == null ? 0 : pending;
  }

  double counted(String result) {
    return meters.counter("sluice.webhook.deliveries", "result", result).count();
  }

  /** Steps until there is nothing to do. */
  static void runToQuiet(Deliverer deliverer) {
    await("quiet", () -> deliverer.runOnce() == 0 && deliverer.outstanding() == 0);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() throws Exception {
    sender.close();
    receiver.close();
    for (AutoCloseable closeable : closeables) {
      closeable.close();
    }
    database.close();
  }

  private static TransactionTemplate transactionsOn(DataSource dataSource) {
    return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
  }
}

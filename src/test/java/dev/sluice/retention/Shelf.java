package dev.sluice.retention;

import dev.sluice.channel.Outcome;
import dev.sluice.money.Ids;
import dev.sluice.notify.WebhookEndpoints;
import dev.sluice.notify.WebhookSettings;
import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.Withdrawal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An engine with orders of all kinds and one merchant, and the job that archives them. */
final class Shelf implements AutoCloseable {
  static final Duration KEEP = Duration.ofDays(30);
  static final Duration LOOK_AGAIN = Duration.ofDays(1);
  static final List<String> TABLES =
      List.of(
          "withdrawal_history",
          "channel_message",
          "order_log",
          "notification",
          "notification_delivery");

  final SettableClock clock = new SettableClock();
  final ModelChannel bank = new ModelChannel("bank");
  final MeterRegistry metrics = new SimpleMeterRegistry();
  final UUID endpoint = UUID.randomUUID();
  final TestDatabase database;
  final Engine engine;
  final JdbcTemplate jdbc;
  final WebhookEndpoints endpoints;

  Shelf() {
    this(TestDatabase.create());
  }

  /** Closes the database, too. */
  Shelf(TestDatabase database) {
    this.database = database;
    this.engine =
        new Engine(
            database.dataSource(), clock, Engine.Options.defaults().withReviewAbove("1000"), bank);
    this.jdbc = engine.jdbc;
    this.endpoints =
        new WebhookEndpoints(
            jdbc,
            on(database.dataSource()),
            engine.vault,
            new Ids(clock, new Random(7)),
            clock,
            new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("sluice.webhooks", WebhookSettings.class),
            () -> {});
    engine.wallet("u1", 1_000_000);
    jdbc.update(
        """
        insert into webhook_endpoint (id, url, events, secret, created_by, created_at)
        values (?, 'https://shop.example/hook', '{}', '\\x00', 'ops-1', ?)
        """,
        endpoint,
        clock.instant().atOffset(ZoneOffset.UTC));
  }

  static TransactionTemplate on(DataSource dataSource) {
    return new TransactionTemplate(new JdbcTransactionManager(dataSource));
  }

  Retention job(DataSource dataSource, int batch) {
    return new Retention(
        new JdbcTemplate(dataSource),
        on(dataSource),
        clock,
        new RetentionSettings(true, KEEP, batch, Duration.ZERO, Duration.ofMinutes(1), LOOK_AGAIN),
        metrics);
  }

  /** Runs the job until there is nothing to do. */
  void archive() {
    Retention job = job(database.dataSource(), 2);
    while (job.runOnce() > 0) {
      clock.advance(Duration.ofMillis(1));
    }
  }

  /** A paid order of which the channel told twice, and whose merchant knows. */
  Withdrawal paid(String key) {
    Withdrawal order = engine.accepted("u1", key, 10_000);
    engine.settle();
    engine.callback("bank", engine.requestNumber(order.id()), "PAID", 10_000, "ref-" + key);
    delivered();
    return order;
  }

  /** A refused order, with decisions in its log. */
  Withdrawal refused(String key) {
    bank.onInstruct(
        (world, number) -> new Outcome.Refused("CARD_CLOSED", "card \"closed\" 销户", true));
    Withdrawal order = engine.accepted("u1", key, 10_000);
    engine.settle();
    bank.reset();
    delivered();
    return order;
  }

  void delivered() {
    jdbc.update(
        """
        update notification_delivery
           set state = 'DELIVERED', tries = 1, due_at = null, last_status = 204, updated_at = ?
         where state = 'PENDING'
        """,
        clock.instant().atOffset(ZoneOffset.UTC));
  }

  /** Time passes, without anything happening. */
  void later(Duration time) {
    clock.advance(time);
  }

  int parts(Withdrawal order) {
    return new Archive(jdbc).parts(order.id());
  }

  int hotRows(Withdrawal order) {
    int rows = 0;
    for (String sql :
        List.of(
            "select count(*) from withdrawal_history where withdrawal_id = ?",
            "select count(*) from channel_message where withdrawal_id = ?",
            "select count(*) from order_log where withdrawal_id = ?",
            "select count(*) from notification where withdrawal_id = ?")) {
      rows += count(sql, order.id());
    }
    return rows;
  }

  int count(String sql, Object... arguments) {
    Integer count = jdbc.queryForObject(sql, Integer.class, arguments);
    return count == null ? 0 : count;
  }

  /** Every row of the tables, each as text with all its columns. */
  List<String> hotRows() {
    return TABLES.stream()
        .flatMap(
            table ->
                jdbc
                    .queryForList("select t::text from " + table + " t order by 1", String.class)
                    .stream()
                    .map(row -> table + " " + row))
        .toList();
  }

  /** Every archived row, made a row of its table again by the database. */
  List<String> archivedRows() {
    List<String> documents =
        jdbc
            .queryForList(
                "select content from archived_order order by withdrawal_id, part", byte[].class)
            .stream()
            .map(Shelf::unpacked)
            .toList();
    return TABLES.stream()
        .flatMap(
            table ->
                documents.stream()
                    .flatMap(
                        json ->
                            jdbc
                                .queryForList(
                                    "select r::text from jsonb_populate_recordset(null::"
                                        + table
                                        + ", ?::jsonb -> '"
                                        + table
                                        + "') r",
                                    String.class,
                                    json)
                                .stream())
                    .sorted()
                    .map(row -> table + " " + row))
        .toList();
  }

  static String unpacked(byte[] content) {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    engine.close();
    database.close();
  }
}

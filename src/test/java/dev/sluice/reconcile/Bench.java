package dev.sluice.reconcile;

import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.reconcile.format.CsvMapping;
import dev.sluice.reconcile.format.Limits;
import dev.sluice.reconcile.format.StatementLine;
import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.withdrawal.Withdrawal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Reconciliation over an engine, wired by hand, with a CSV list of the channel "bank". */
final class Bench {
  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  static final String HEADING =
      "request_number,reference,amount,currency,status,beneficiary,booked_at\n";
  static final CsvMapping CSV =
      new CsvMapping(
          "UTF-8",
          ',',
          new CsvMapping.Columns(
              "request_number",
              "reference",
              "amount",
              "currency",
              "status",
              "beneficiary",
              "booked_at"),
          CsvMapping.Unit.MAJOR,
          '.',
          "yyyy-MM-dd HH:mm:ss",
          CsvMapping.Sign.UNSIGNED,
          Map.of(
              "PAID", StatementLine.Kind.PAID,
              "REFUSED", StatementLine.Kind.REFUSED,
              "RETURNED", StatementLine.Kind.RETURNED,
              "FEE", StatementLine.Kind.FEE),
          new CsvMapping.Trailer("TOTAL", 1, 2, null, null));
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZONE);

  /** Services that follow each other at one instant of the clock don't make the same ids. */
  private static final AtomicInteger SEEDS = new AtomicInteger(99);

  final Engine engine;
  final Reconciliation reconciliation;
  final JdbcTemplate jdbc;
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  Bench(DataSource database, Engine engine, ModelChannel channel, Path directory) {
    this(database, engine, channel, directory, "bank");
  }

  Bench(DataSource database, Engine engine, ModelChannel channel, Path directory, String source) {
    this(database, engine, channel, directory, source, SEEDS.incrementAndGet());
  }

  Bench(
      DataSource database,
      Engine engine,
      ModelChannel channel,
      Path directory,
      String source,
      long seed) {
    this(database, engine, channel, settings(directory, source), seed);
  }

  Bench(DataSource database, Engine engine, ModelChannel channel, ReconcileSettings settings) {
    this(database, engine, channel, settings, SEEDS.incrementAndGet());
  }

  private Bench(
      DataSource database,
      Engine engine,
      ModelChannel channel,
      ReconcileSettings settings,
      long seed) {
    this.engine = engine;
    this.jdbc = new JdbcTemplate(database);
    this.reconciliation =
        new Reconciliation(
            jdbc,
            engine.withdrawals,
            engine.ledger,
            engine.reviews,
            engine.payouts.statements(),
            engine.payouts.timeline(),
            List.of(channel),
            engine.vault,
            JsonMapper.shared(),
            new TransactionTemplate(new JdbcTransactionManager(database)),
            engine.clock,
            new Ids(engine.clock, new Random(seed)),
            settings,
            metrics);
  }

  static ReconcileSettings settings(Path directory, String source) {
    return settings(directory, source, 10_000);
  }

  static ReconcileSettings settings(Path directory, String source, int maxDifferences) {
    return new ReconcileSettings(
        directory,
        true,
        Duration.ofSeconds(5),
        Duration.ofMinutes(30),
        128,
        maxDifferences,
        100,
        3,
        Duration.ofHours(12),
        Limits.DEFAULT,
        Map.of(
            source,
            new ReconcileSettings.Source(
                "bank",
                ReconcileSettings.Format.CSV,
                null,
                "CNY",
                false,
                ZONE,
                LocalTime.MIDNIGHT,
                Duration.ofMinutes(30),
                true,
                List.of(),
                List.of(),
                LocalDate.of(2026, 3, 1),
                Map.of(),
                CSV,
                null,
                null,
                FetchSettings.NEVER)));
  }

  /** One line of the channel's list. */
  record Row(
      @Nullable String number,
      @Nullable String reference,
      long minor,
      String status,
      String beneficiary,
      Instant at) {

    static Row paid(String number, long minor, Instant at) {
      return new Row(number, "ref-" + number, minor, "PAID", "6222**********1234", at);
    }

    Row with(String newStatus) {
      return new Row(number, reference, minor, newStatus, beneficiary, at);
    }

    Row with(long newMinor) {
      return new Row(number, reference, newMinor, status, beneficiary, at);
    }

    Row at(Instant newAt) {
      return new Row(number, reference, minor, status, beneficiary, newAt);
    }

    LocalDate day() {
      return at.atZone(ZONE).toLocalDate();
    }
  }

  static String csv(List<Row> rows) {
    StringBuilder text = new StringBuilder(HEADING);
    long total = 0;
    for (Row row : rows) {
      text.append(row.number() == null ? "" : row.number())
          .append(',')
          .append(row.reference() == null ? "" : row.reference())
          .append(',')
          .append(Money.ofMinor(row.minor(), "CNY").decimal())
          .append(",CNY,")
          .append(row.status())
          .append(',')
          .append(row.beneficiary())
          .append(',')
          .append(TIME.format(row.at()))
          .append('\n');
      total += row.minor();
    }
    return text.append(
            "TOTAL,%d,%s\n".formatted(rows.size(), Money.ofMinor(total, "CNY").decimal()))
        .toString();
  }

  Reconciliation.Receipt upload(LocalDate day, String csv) {
    try {
      return reconciliation.receive(
          "bank",
          "bank-" + day + ".csv",
          new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)),
          day,
          StatementFile.Origin.UPLOAD,
          "tester");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Uploads a day's list and does all there is to do. */
  Reconciliation.Receipt reconcile(LocalDate day, List<Row> rows) {
    Reconciliation.Receipt receipt = upload(day, csv(rows));
    finish();
    return receipt;
  }

  void finish() {
    while (reconciliation.step() > 0) {
      // goes on
    }
  }

  /** Whether no source is worked on: a server process outlives its killed client a little. */
  boolean nobodyWorks() {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            """
            select not exists (select 1 from pg_locks where locktype = 'advisory'
                      and database = (select oid from pg_database where datname = current_database()))
            """,
            Boolean.class));
  }

  RunReport report(LocalDate day) {
    UUID run =
        jdbc.queryForObject(
            "select id from statement_run where business_date = ? and is_current", UUID.class, day);
    return reconciliation.reports().report(java.util.Objects.requireNonNull(run)).orElseThrow();
  }

  List<Break> breaks() {
    return reconciliation.reports().breaks(null, null, null, null, 10_000);
  }

  List<Break> open() {
    return breaks().stream().filter(b -> b.state() != Break.State.CLOSED).toList();
  }

  /** What the clearing or bank account of the channel holds, in minor units. */
  long balance(String kind) {
    Long sum =
        jdbc.queryForObject(
            """
            select coalesce(sum(e.amount), 0) from ledger_entry e join account a on a.id = e.account_id
             where a.kind = ? and (a.owner = 'bank' or ? = 'FEES')
            """,
            Long.class,
            kind,
            kind);
    return sum == null ? 0 : sum;
  }

  /** A payout that the channel paid, and that we know it did. */
  Row paid(String key, long minor) {
    Withdrawal order = engine.accepted("user-1", key, minor);
    engine.payouts.dispatchOnce();
    return Row.paid(engine.requestNumber(order.id()), minor, engine.clock.instant());
  }
}

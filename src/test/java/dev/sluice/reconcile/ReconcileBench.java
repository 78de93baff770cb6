package dev.sluice.reconcile;

import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import tools.jackson.databind.json.JsonMapper;

/**
 * A day of payouts against the channel's list of them, import to finished report, beside DuckDB's
 * full outer join of the same two CSV files, and beside one look-up per line.
 *
 * <p>Usage: {@code ReconcileBench LINES ROUNDS RESULT_FILE}. Exits 1 if a required ratio is not
 * reached.
 */
public final class ReconcileBench {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final int LOOK_UPS = 20_000;
  private static final double MOST_OF_DUCKDB = 15;
  private static final double LEAST_OF_LOOK_UPS = 10;

  private final int lines;
  private final int rounds;
  private final Path directory;
  private final Path result;

  private ReconcileBench(int lines, int rounds, Path directory, Path result) {
    this.lines = lines;
    this.rounds = rounds;
    this.directory = directory;
    this.result = result;
  }

  /** Measures, writes the result file and says what it found. */
  public static void main(String[] args) throws Exception {
    int lines = Integer.parseInt(args[0]);
    int rounds = Integer.parseInt(args[1]);
    Path result = Path.of(args[2]);
    Path directory = Files.createTempDirectory("reconcile-bench");
    boolean reached;
    try {
      reached = new ReconcileBench(lines, rounds, directory, result).run();
    } finally {
      try (var all = Files.walk(directory, new FileVisitOption[0])) {
        all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      }
    }
    System.exit(reached ? 0 : 1);
  }

  private boolean run() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("max_wal_size", "4GB")
            .start()) {
      DataSource database = postgres.getPostgresDatabase();
      Flyway.configure().dataSource(database).load().migrate();
      try (Connection c = database.getConnection()) {
        fill(c);
        export(c);
      }
      // Each round measures all three after each other, so that a busy machine is busy for all.
      double[] duck = new double[rounds];
      double[] ours = new double[rounds];
      double[] lookUps = new double[rounds];
      reconcile(database, -1); // warms up, as DuckDB below does for itself
      duckDb();
      for (int round = 0; round < rounds; round++) {
        duck[round] = duckDb();
        ours[round] = reconcile(database, round);
        lookUps[round] = lookUps(database);
      }
      return print(median(duck), median(ours), median(lookUps));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private boolean print(double duck, double ours, double lookUps) throws IOException {
    double overDuck = ours / duck;
    double underLookUps = lookUps / ours;
    System.out.printf(
        Locale.ROOT,
        """

        reconcile, %,d lines against %,d payouts         seconds      ratio   required
        DuckDB, full outer join of the two CSV files    %8.2f
        import to finished report                       %8.2f  %7.1f x     <= %.0f x
        one look-up per line                            %8.2f  %7.1f x     >= %.0f x
        heap in use at most                             %8d MB
        """,
        lines,
        lines,
        duck,
        ours,
        overDuck,
        MOST_OF_DUCKDB,
        lookUps,
        underLookUps,
        LEAST_OF_LOOK_UPS,
        Runtime.getRuntime().maxMemory() >> 20);
    Files.writeString(
        result,
        """
        {"lines": %d, "duckdbSeconds": %.3f, "reconcileSeconds": %.3f, "lookUpSeconds": %.3f,
         "ofDuckdb": %.2f, "requiredOfDuckdb": %.0f, "ofLookUps": %.2f, "requiredOfLookUps": %.0f,
         "maxHeapMb": %d}
        """
            .formatted(
                lines,
                duck,
                ours,
                lookUps,
                overDuck,
                MOST_OF_DUCKDB,
                underLookUps,
                LEAST_OF_LOOK_UPS,
                Runtime.getRuntime().maxMemory() >> 20));
    return overDuck <= MOST_OF_DUCKDB && underLookUps >= LEAST_OF_LOOK_UPS;
  }

  /** Paid orders of one day, with rows as wide as the product's. */
  private void fill(Connection c) throws SQLException {
    try (Statement s = c.createStatement()) {
      s.execute(
          """
          insert into beneficiary (id, user_id, kind, fingerprint, masked, sealed, created_at)
          select md5('b' || i)::uuid, 'user-' || i, 'CARD', md5('f' || i)::uuid,
                 '622208******' || lpad((i %% 10000)::text, 4, '0'), decode(repeat('00', 64), 'hex'), now()
            from generate_series(1, greatest(%d / 10, 1)) i
          """
              .formatted(lines));
      // Ids grow with time, as the product's do.
      s.execute(
          """
          create temporary table paid as
          select i, t, (lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0') || '7'
                        || substring(md5('a' || i), 1, 3) || '8' || substring(md5('c' || i), 1, 15))::uuid as id,
                 (lpad(to_hex((extract(epoch from t) * 1000)::bigint - 200), 12, '0') || '7'
                        || substring(md5('w' || i), 1, 3) || '8' || substring(md5('v' || i), 1, 15))::uuid as order_id,
                 100 + (hashint8(i) & 1048575) as amount
            from (select i, timestamptz '2026-03-01 01:00:00+08' + i * interval '79200 seconds' / %d as t
                    from generate_series(1, %d) i) x
          """
              .formatted(lines, lines));
      s.execute(
          """
          insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency, status,
                 version, key_hash, request_hash, created_at, updated_at)
          select order_id, 'user-' || 1 + i %% greatest(%d / 10, 1), 1,
                 md5('b' || 1 + i %% greatest(%d / 10, 1))::uuid, amount, 0, 'CNY', 'SUCCESS', 3,
                 md5('k' || i)::uuid, md5('r' || i)::uuid, t, t
            from paid
          """
              .formatted(lines, lines));
      s.execute(
          """
          insert into payout_attempt (id, withdrawal_id, number, channel, request, state, code,
                 channel_reference, sent_at, created_at, updated_at)
          select id, order_id, 1, 'bank', decode(repeat(md5(i::text), 8), 'hex'), 'PAID', 'PAID',
                 'ref-' || i, t, t, t + interval '1 second'
            from paid
          """);
      s.execute("vacuum analyze");
      s.execute("checkpoint");
    }
  }

  /** The channel's list with one difference in 10,000 lines, and our side as a second file. */
  private void export(Connection c) throws SQLException, IOException {
    try (Statement s = c.createStatement();
        Writer theirs = Files.newBufferedWriter(theirs());
        Writer ours = Files.newBufferedWriter(ours())) {
      s.setFetchSize(10_000);
      c.setAutoCommit(false);
      theirs.write(Bench.HEADING);
      ours.write("request_number,amount,currency,beneficiary\n");
      long total = 0;
      int count = 0;
      try (ResultSet row =
          s.executeQuery(
              """
              select p.i, replace(p.id::text, '-', '') as number, p.amount, b.masked,
                     to_char(p.t at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as at
                from paid p join withdrawal w on w.id = p.order_id
                join beneficiary b on b.id = w.beneficiary_id order by md5(p.i::text)
              """)) {
        while (row.next()) {
          int i = row.getInt(1);
          long amount = row.getLong(3);
          ours.write(
              "%s,%s,CNY,%s\n".formatted(row.getString(2), decimal(amount), row.getString(4)));
          long shown = i % 10_000 == 1 ? amount + 1 : amount;
          if (i % 10_000 != 2) {
            theirs.write(
                "%s,ref-%d,%s,CNY,PAID,%s,%s\n"
                    .formatted(
                        row.getString(2), i, decimal(shown), row.getString(4), row.getString(5)));
            total += shown;
            count++;
          }
        }
      }
      theirs.write("TOTAL,%d,%s\n".formatted(count, decimal(total)));
      c.commit();
      c.setAutoCommit(true);
    }
  }

  private static String decimal(long minor) {
    return minor / 100 + "." + minor / 10 % 10 + minor % 10;
  }

  private Path theirs() {
    return directory.resolve("theirs.csv");
  }

  private Path ours() {
    return directory.resolve("ours.csv");
  }

  private double duckDb() throws SQLException {
    long start = System.nanoTime();
    try (Connection c = DriverManager.getConnection("jdbc:duckdb:", new Properties());
        Statement s = c.createStatement()) {
      s.execute(
          """
          copy (select t.*, o.*
                  from (select * from read_csv('%s', header = true, all_varchar = true, null_padding = true)
                         where request_number <> 'TOTAL') t
                  full outer join read_csv('%s', header = true, all_varchar = true) o
                    on o.request_number = t.request_number
                 where t.request_number is null or o.request_number is null
                    or t.amount <> o.amount or t.currency <> o.currency
                    or t.beneficiary <> o.beneficiary)
            to '%s' (header)
          """
              .formatted(theirs(), ours(), directory.resolve("differences.csv")));
    }
    return seconds(start);
  }

  /** Each round in a source of its own, so that the same file is new to it. */
  private double reconcile(DataSource database, int round) throws IOException {
    SettableClock clock = new SettableClock();
    clock.advance(java.time.Duration.ofDays(1));
    ModelChannel channel = new ModelChannel("bank");
    try (Engine engine = new Engine(database, clock, channel)) {
      String source = "bank-" + (round + 1);
      Bench bench = new Bench(database, engine, channel, directory.resolve("kept"), source);
      long start = System.nanoTime();
      Reconciliation.Receipt receipt;
      try (InputStream in = new BufferedInputStream(Files.newInputStream(theirs()))) {
        receipt =
            bench.reconciliation.receive(
                source, "theirs.csv", in, DAY, StatementFile.Origin.UPLOAD, "bench");
      }
      bench.finish();
      UUID run = bench.reconciliation.reports().runs(source, null, 1).getFirst().id();
      RunReport report = bench.reconciliation.reports().report(run).orElseThrow();
      Files.writeString(
          directory.resolve("report.json"), JsonMapper.shared().writeValueAsString(report));
      double seconds = seconds(start);
      int expected = 2 * ((lines + 9_998) / 10_000);
      if (!(receipt instanceof Reconciliation.Receipt.Stored)
          || Math.abs(report.openBreaks() - expected) > 2) {
        throw new IllegalStateException("found " + report);
      }
      return seconds;
    }
  }

  /** What it would take to look each line up, from a part of the lines. */
  private double lookUps(DataSource database) throws SQLException, IOException {
    int done = 0;
    int differences = 0;
    long start = System.nanoTime();
    try (Connection c = database.getConnection();
        PreparedStatement look =
            c.prepareStatement(
                """
                select w.amount, w.currency, b.masked, a.state from payout_attempt a
                  join withdrawal w on w.id = a.withdrawal_id
                  join beneficiary b on b.id = w.beneficiary_id
                 where a.id = ? and a.channel = 'bank'
                """);
        BufferedReader theirs = Files.newBufferedReader(theirs())) {
      theirs.readLine();
      for (; done < Math.min(LOOK_UPS, lines - lines / 1000 - 2); done++) {
        String[] fields = theirs.readLine().split(",", -1);
        look.setObject(1, RequestNumbers.parse(fields[0]));
        try (ResultSet row = look.executeQuery()) {
          differences += row.next() && decimal(row.getLong(1)).equals(fields[2]) ? 0 : 1;
        }
      }
    }
    if (differences > done / 100) {
      throw new IllegalStateException("the look-ups find " + differences + " differences");
    }
    return seconds(start) * lines / done;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}

package dev.sluice.simulation;

import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A database in which one history after the other happens, emptied in between. It is wider than the
 * engine may ever be: emptying tables that only grow takes a superuser.
 */
final class Arena implements AutoCloseable {
  /** Deleted rows slow the tables down; now and then they are made anew. */
  private static final int HISTORIES_PER_TRUNCATE = 20;

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long SESSION_LIMIT_MILLIS = 20_000;

  final Connection forA;
  final Connection forB;
  final JdbcTemplate judge;
  final Mistake mistake;

  /** Where the instances of a history keep what statements came. */
  final Path directory;

  private final TestDatabase database = TestDatabase.create();
  private final Connection judgeConnection;
  private final Connection janitor;
  private final ExecutorService aside =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("simulation-aside").factory());
  private final String delete;
  private final String truncate;
  private int histories;

  Arena(Mistake mistake) {
    this.mistake = mistake;
    try {
      // What a dying instance loses is not up to the disk here, and a disk takes its time to sync.
      directory =
          Files.isWritable(MEMORY)
              ? Files.createTempDirectory(MEMORY, "sluice-simulation")
              : Files.createTempDirectory("sluice-simulation");
      janitor = connect();
      execute("set session_replication_role = replica");
      for (String statement : mistake.removedDefences()) {
        execute(statement);
      }
      List<String> tables = tables();
      delete =
          String.join("; ", tables.stream().map(t -> "delete from " + t).toList())
              + "; select setval(pg_get_serial_sequence('account', 'id'), 1, false)";
      truncate = "truncate " + String.join(", ", tables);
      forA = connect();
      forB = connect();
      judgeConnection = connect();
      judge = new JdbcTemplate(new SingleConnectionDataSource(judgeConnection, true));
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("the simulation's database is not there", e);
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(database.url(), "postgres", "postgres");
    try (Statement statement = connection.createStatement()) {
      // Waiting for a lock in a history would be waiting for itself.
      statement.execute("set lock_timeout = '5s'");
      statement.execute("set statement_timeout = " + SESSION_LIMIT_MILLIS);
      statement.execute("set synchronous_commit = off");
      statement.execute("set jit = off");
      statement.execute("set track_activities = off");
      statement.execute("set track_counts = off");
      statement.execute("set update_process_title = off");
    }
    return connection;
  }

  private List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = janitor.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                select tablename from pg_tables
                 where schemaname = 'public' and tablename <> 'flyway_schema_history' order by 1
                """)) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  /** Nothing has happened here yet. */
  void empty() {
    try {
      if (histories++ % HISTORIES_PER_TRUNCATE == HISTORIES_PER_TRUNCATE - 1) {
        execute(truncate);
      }
      execute(delete);
      emptyDirectory();
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("the simulation's database can't be emptied", e);
    }
  }

  private void emptyDirectory() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = janitor.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs something on another thread while this one waits, as another process would. */
  void aside(Runnable what) {
    try {
      aside.submit(what).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("what happened aside failed", e.getCause());
    }
  }

  @Override
  public void close() {
    aside.shutdownNow();
    try {
      for (Connection connection : List.of(forA, forB, judgeConnection, janitor)) {
        connection.close();
      }
      emptyDirectory();
      Files.delete(directory);
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
    database.close();
  }
}

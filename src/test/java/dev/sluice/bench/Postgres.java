package dev.sluice.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** PostgreSQL with fsync on, tuned as for a small machine, the same for product and baselines. */
final class Postgres implements AutoCloseable {
  private static final int LOG_FILES = 112;

  private final Path directory;
  private final EmbeddedPostgres server;
  private final String database;

  /**
   * Starts one.
   *
   * @param settings more settings, "name=value"
   */
  Postgres(Path directory, String... settings) {
    this.directory = directory;
    this.database = "postgres";
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "1GB")
            .setServerConfig("max_wal_size", "8GB")
            .setServerConfig("checkpoint_timeout", "15min")
            .setServerConfig("max_connections", "100");
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      builder.setServerConfig(parts[0], parts[1]);
    }
    try {
      server = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String off =
        query(
            "select string_agg(name, ', ') from pg_settings where name in "
                + "('fsync', 'synchronous_commit', 'full_page_writes') and setting <> 'on'");
    if (!off.isEmpty()) {
      throw new IllegalStateException("PostgreSQL runs without " + off);
    }
    useLogFiles();
  }

  /**
   * As with a server that has run for a while, the log goes on in files that are there: each new
   * one of 16 MB has to be written first, with zeros, while all who commit wait.
   */
  private void useLogFiles() {
    for (int i = 0; i < LOG_FILES; i++) {
      execute("select pg_logical_emit_message(true, 'bench', ''), pg_switch_wal()");
    }
    execute("checkpoint");
  }

  private Postgres(Postgres other, String database) {
    this.directory = other.directory;
    this.server = other.server;
    this.database = database;
    other.execute("create database " + database);
  }

  /** A further, empty database of the same server; it closes with the first one. */
  Postgres another(String name) {
    return new Postgres(this, name);
  }

  String url() {
    return server.getJdbcUrl("postgres", database);
  }

  /** A connection outside of any pool; the caller closes it. */
  Connection connect() throws SQLException {
    return server.getDatabase("postgres", database).getConnection();
  }

  /** Executes statements one after the other. */
  void execute(String... statements) {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row, as text; empty for none or null. */
  String query(String sql) {
    try (Connection c = connect();
        Statement s = c.createStatement();
        ResultSet row = s.executeQuery(sql)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  long count(String sql) {
    return Long.parseLong(query(sql));
  }

  /** Seconds of processor time that the server's processes have used so far, ended ones too. */
  double processorSeconds() {
    try {
      String pid = Files.readAllLines(directory.resolve("postmaster.pid")).getFirst().strip();
      ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
      return Processor.ofEndedChildren(server.pid())
          + server.descendants().mapToDouble(child -> Processor.seconds(child.pid())).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

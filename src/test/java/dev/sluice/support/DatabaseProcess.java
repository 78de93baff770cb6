package dev.sluice.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PostgreSQL with fsync on as a process of its own, that can be killed and started again on the
 * same port and data.
 */
public final class DatabaseProcess {
  private static final Duration LONGEST_START = Duration.ofSeconds(90);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(20);
  private static final String UNLIMITED = "unlimited";

  private final Path work;
  private final int port;
  private final Path program;
  private ChildProcess process;

  private DatabaseProcess(Path work, int port, Path program) {
    this.work = work;
    this.port = port;
    this.program = program;
    this.process = launch();
  }

  /** Makes a cluster below a directory and starts it. */
  public static DatabaseProcess create(Path work, int port) {
    Path data = work.resolve("postgres");
    try {
      Path program;
      // Unpacks the programs and makes the cluster; from then on we start it ourselves.
      try (EmbeddedPostgres first =
          EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).start()) {
        program = program(data);
      }
      DatabaseProcess database = new DatabaseProcess(work, port, program);
      database.awaitReady();
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL can't be set up in " + work, e);
    }
  }

  /** Of the running server itself: where it was unpacked depends on who unpacked it first. */
  private static Path program(Path data) throws IOException {
    long pid =
        Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
    return Path.of(ProcessHandle.of(pid).flatMap(server -> server.info().command()).orElseThrow());
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to run as root
    }
    command.addAll(
        List.of(program.toString(), "-D", work.resolve("postgres").toString(), "-p", "" + port));
    Map<String, String> settings =
        Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            "max_connections", "50",
            "shared_buffers", "64MB",
            "log_error_verbosity", "terse",
            "restart_after_crash", "on");
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return ChildProcess.start("database", work.resolve("database.log"), Map.of(), command);
  }

  public String url() {
    return url(port);
  }

  /** Of the same database by way of another port. */
  public String url(int byWayOf) {
    return "jdbc:postgresql://127.0.0.1:" + byWayOf + "/postgres";
  }

  /** A connection straight to it, outside of any pool. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        url() + "?connectTimeout=5&socketTimeout=120", "postgres", "postgres");
  }

  public ChildProcess process() {
    return process;
  }

  /** Starts it again, if it doesn't run, and waits until it has recovered. */
  public void startAgain() {
    if (!process.isAlive()) {
      process.kill(); // a server's children may outlive it for a moment
      process = launch();
    }
    awaitReady();
  }

  /**
   * Every write beyond so many bytes of a file fails, as on a full disk; by a limit of the process,
   * so it takes no right that its owner doesn't have. Sessions to come have it, too.
   *
   * @return whether it could be arranged
   */
  public boolean refuseWritesBeyond(long bytes) {
    return limitFiles(Long.toString(bytes));
  }

  /** Writes are taken again; a server that has given up meanwhile is started again. */
  public void takeWritesAgain() {
    limitFiles(UNLIMITED);
    startAgain();
    limitFiles(UNLIMITED); // of those it started in between
  }

  /** The server first, so that its children to come have it; one of those may just have ended. */
  private boolean limitFiles(String soft) {
    boolean ofTheServer = limitFiles(process.pid(), soft);
    process.family().forEach(one -> limitFiles(one.pid(), soft));
    return ofTheServer;
  }

  /** The soft limit alone: it can be lifted again by whoever owns the process. */
  private static boolean limitFiles(long pid, String soft) {
    return ChildProcess.run(List.of("prlimit", "--pid", "" + pid, "--fsize=" + soft + ":"));
  }

  /** Waits until it answers. */
  public void awaitReady() {
    boolean ready =
        ChildProcess.await(
            LONGEST_START,
            () -> {
              try (Connection connection = connect()) {
                return connection.isValid(5);
              } catch (SQLException e) {
                if (!process.isAlive()) {
                  process = launch();
                }
                return false;
              }
            });
    if (!ready) {
      throw new IllegalStateException("PostgreSQL doesn't answer; see " + work + "/database.log");
    }
  }

  public void stop() {
    process.stop(LONGEST_STOP);
  }
}

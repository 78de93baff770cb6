package dev.sluice.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 18 of our own below the data directory, for whoever sets no database up. It keeps
 * its data over restarts and is as durable as any other: a start without fsync, synchronous commits
 * and full page writes is refused. One service at a time uses a data directory, and a server that a
 * killed service left behind is stopped before a new one starts.
 *
 * <p>It listens on the loopback address alone and asks for a password, which is made once and kept
 * in {@code keys/postgres.password} for its owner to read.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  /** PostgreSQL's major version; another one's data directory can't be read. */
  static final String MAJOR_VERSION = "18";

  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final int PASSWORD_BYTES = 24;

  private final Path cluster;
  private final DataDirectoryLock lock;
  private final EmbeddedPostgres server;
  private final ServerAccess access;
  private final Duration stopTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedDatabase(
      EmbeddedSettings settings,
      DataDirectoryLock lock,
      EmbeddedPostgres server,
      ServerAccess access) {
    this.cluster = settings.clusterDirectory();
    this.stopTimeout = settings.stopTimeout();
    this.lock = lock;
    this.server = server;
    this.access = access;
  }

  /**
   * Starts it, on existing data if there is any.
   *
   * @throws EmbeddedException if the data directory is in use or of another version, or the server
   *     doesn't start or doesn't run as it must; nothing is left running then
   */
  public static EmbeddedDatabase start(EmbeddedSettings settings) {
    DataDirectoryLock lock = DataDirectoryLock.take(settings.data());
    try {
      return startLocked(settings, lock);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  /** The JDBC URL of the service's database. */
  public String url() {
    return access.url(ServerAccess.DATABASE);
  }

  /** The role that owns the service's database; no superuser. */
  public String user() {
    return ServerAccess.ROLE;
  }

  /** The role's password. */
  public String password() {
    return access.password();
  }

  /** Stops PostgreSQL, after a checkpoint, and gives the data directory free. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    stop(server, cluster, stopTimeout);
    release(lock);
  }

  private static EmbeddedDatabase startLocked(EmbeddedSettings settings, DataDirectoryLock lock) {
    Path cluster = settings.clusterDirectory();
    new ServerProcesses(cluster).stopLeftBehind(settings.stopTimeout());
    try {
      boolean first = prepare(cluster);
      String password = password(settings.data(), first);
      EmbeddedPostgres server = launch(settings, password);
      try {
        ServerAccess access = new ServerAccess(server.getPort(), password);
        if (first) {
          access.setUp(cluster);
        }
        access.check(cluster);
        access.migrate();
        log.info("PostgreSQL runs on 127.0.0.1:{}, its data is in {}", server.getPort(), cluster);
        return new EmbeddedDatabase(settings, lock, server, access);
      } catch (RuntimeException e) {
        stop(server, cluster, settings.stopTimeout());
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedException("The embedded PostgreSQL did not start: " + e, e);
    }
  }

  /** Whether this is the first start; what an interrupted first start left is put aside. */
  private static boolean prepare(Path cluster) throws IOException {
    Path version = cluster.resolve("PG_VERSION");
    if (Files.exists(cluster.resolve(ServerAccess.COMPLETE))) {
      String found = Files.readString(version).strip();
      if (!found.equals(MAJOR_VERSION)) {
        throw new EmbeddedException(
            "The data in %s is of PostgreSQL %s, and this Sluice brings PostgreSQL %s. Start the Sluice that wrote it and move the data with pg_dump, or set SLUICE_EMBEDDED_DATA to another directory."
                .formatted(cluster, found, MAJOR_VERSION));
      }
      return false;
    }
    if (Files.exists(cluster)) {
      // Nothing of value can be in it, yet a person's directory is never deleted.
      Path aside = cluster.resolveSibling("postgres.incomplete-" + System.currentTimeMillis());
      Files.move(cluster, aside);
      log.warn("The first start was cut off; what it left is now in {}", aside);
    }
    return true;
  }

  private static String password(Path data, boolean first) throws IOException {
    Path file = data.resolve("keys").resolve("postgres.password");
    if (first) {
      byte[] random = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(random);
      PrivateFiles.write(file, HexFormat.of().formatHex(random));
    } else if (!Files.exists(file)) {
      throw new EmbeddedException(
          "The password of the database in %s is gone: put %s back, or set SLUICE_EMBEDDED_DATA to another directory."
              .formatted(data, file));
    }
    return Files.readString(file).strip();
  }

  private static EmbeddedPostgres launch(EmbeddedSettings settings, String password)
      throws IOException {
    Path output = settings.data().resolve("postgres-start.log");
    Files.deleteIfExists(output);
    var redirect = ProcessBuilder.Redirect.appendTo(output.toFile());
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(settings.clusterDirectory())
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(settings.binariesDirectory().toFile())
            // Its own hook would stop the server while the service still drains.
            .setRegisterShutdownHook(false)
            .setPGStartupWait(settings.startTimeout())
            .setConnectConfig("password", password)
            .setOutputRedirector(redirect)
            .setErrorRedirector(redirect);
    if (settings.port() != 0) {
      builder.setPort(settings.port());
    }
    ServerConfig.LOCALE.forEach(builder::setLocaleConfig);
    ServerConfig.SETTINGS.forEach(builder::setServerConfig);
    try {
      return builder.start();
    } catch (IOException | IllegalStateException e) {
      // It may have come up after all, only too late.
      new ServerProcesses(settings.clusterDirectory()).stopLeftBehind(settings.stopTimeout());
      throw new EmbeddedException(
          "The embedded PostgreSQL did not start. What it said is in %s and %s."
              .formatted(output, settings.clusterDirectory().resolve("log")),
          e);
    }
  }

  private static void stop(EmbeddedPostgres server, Path cluster, Duration timeout) {
    ServerProcesses processes = new ServerProcesses(cluster);
    Optional<ProcessHandle> postmaster = processes.postmaster();
    try {
      server.close(); // waits for five seconds only
    } catch (IOException e) {
      log.warn("PostgreSQL on {} was told to stop and complains", cluster, e);
    }
    if (processes.awaitEnd(postmaster, timeout)) {
      log.info("PostgreSQL has stopped");
    } else {
      log.error("PostgreSQL on {} did not stop in time; the next start sees to it", cluster);
    }
  }

  private static void release(DataDirectoryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      log.warn("The lock of the data directory could not be given back", e);
    }
  }
}

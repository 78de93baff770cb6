package dev.sluice.support;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/**
 * A real PostgreSQL 18 for tests: one server per JVM, in a zone that isn't UTC, and a fresh
 * migrated database for whoever asks. fsync is off here alone: no test pulls the plug on this one.
 */
public final class TestDatabase implements AutoCloseable {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final String name;
  private final HikariDataSource dataSource;

  private TestDatabase(String name) {
    this.name = name;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(name));
    config.setUsername("postgres");
    config.setPassword("postgres");
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(0);
    config.setConnectionInitSql("set enable_seqscan = off; set jit = off");
    this.dataSource = new HikariDataSource(config);
  }

  /** A new database with all migrations applied. */
  public static TestDatabase create() {
    String name = "sluice_test_" + COUNTER.incrementAndGet();
    Server.execute("create database " + name + " template sluice_template");
    return new TestDatabase(name);
  }

  /** A new database of an installation that has come as far as this migration. */
  public static TestDatabase asOf(String version) {
    String name = "sluice_test_" + COUNTER.incrementAndGet();
    Server.execute("create database " + name);
    Server.migrate(name, version);
    return new TestDatabase(name);
  }

  /** Applies the migrations that it doesn't have yet. */
  public void migrate() {
    migrate("latest");
  }

  /** The same, up to this one. */
  public void migrate(String version) {
    Server.migrate(name, version);
  }

  public HikariDataSource dataSource() {
    return dataSource;
  }

  /** A further pool on the same database, as a second instance would have. The caller closes it. */
  public HikariDataSource anotherPool() {
    return new TestDatabase(name).dataSource;
  }

  public String url() {
    return url(name);
  }

  @Override
  public void close() {
    dataSource.close();
    Server.execute("drop database if exists " + name + " with (force)");
  }

  private static String url(String name) {
    return Server.POSTGRES.getJdbcUrl("postgres", name);
  }

  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres postgres =
            EmbeddedPostgres.builder()
                .setServerConfig("timezone", "Asia/Shanghai")
                .setServerConfig("max_connections", "300")
                .setServerConfig("fsync", "off")
                .start();
        try (Connection c = postgres.getPostgresDatabase().getConnection();
            Statement s = c.createStatement()) {
          s.execute("create database sluice_template");
        }
        migrate(postgres, "sluice_template", "latest");
        return postgres;
      } catch (IOException | SQLException e) {
        throw new IllegalStateException("the test PostgreSQL did not start", e);
      }
    }

    static void migrate(String database, String target) {
      migrate(POSTGRES, database, target);
    }

    private static void migrate(EmbeddedPostgres postgres, String database, String target) {
      Flyway.configure()
          .dataSource(postgres.getJdbcUrl("postgres", database), "postgres", "postgres")
          .target(target)
          .load()
          .migrate();
    }

    static void execute(String sql) {
      try (Connection c = POSTGRES.getPostgresDatabase().getConnection();
          Statement s = c.createStatement()) {
        s.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}

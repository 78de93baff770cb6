package dev.sluice;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.embedded.EmbeddedDatabase;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The connections to the one database, whether the owner's or the embedded one. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatabaseSettings.class)
class DatabaseConfiguration {
  private static final int FIRST_CONNECTIONS = 4;
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration FIRST_CONNECTION_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration CONNECTION_LIFETIME = Duration.ofMinutes(30);
  private static final Duration CONNECTION_KEEPALIVE = Duration.ofMinutes(2);

  /** Longer than any statement may take: a dead connection is noticed, a slow one not cut. */
  private static final int SOCKET_TIMEOUT_SECONDS = 35;

  @Bean
  DatabaseAddress databaseAddress(
      DatabaseSettings settings, ObjectProvider<EmbeddedDatabase> embedded) {
    EmbeddedDatabase own = embedded.getIfAvailable();
    return own == null
        ? new DatabaseAddress(
            Objects.requireNonNull(settings.url()), settings.user(), settings.password())
        : new DatabaseAddress(own.url(), own.user(), own.password());
  }

  @Bean
  HikariDataSource dataSource(DatabaseAddress address, DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sluice");
    config.setJdbcUrl(address.url());
    config.setUsername(address.user());
    config.setPassword(address.password());
    config.setMaximumPoolSize(settings.poolSize());
    // The others are opened when they are needed: each takes a password's thousands of hashes.
    config.setMinimumIdle(FIRST_CONNECTIONS);
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    config.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(FIRST_CONNECTION_TIMEOUT.toMillis());
    config.setMaxLifetime(CONNECTION_LIFETIME.toMillis());
    config.setKeepaliveTime(CONNECTION_KEEPALIVE.toMillis());
    // No leak detection: it writes down each borrower's stack, which from within a request is some
    // hundred frames and cost more than most queries. JdbcTemplate gives every connection back.
    // Here and not per transaction, where the driver would ask the server for the level each time.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // An instance that vanished or stands still must not keep its row locks: the others wait for
    // them. No transaction of ours waits for anything but the database. Synchronous, whatever the
    // role's default says: what was answered with 2xx is on disk.
    // No sequential scans where an index serves: a plan made while a table was empty is kept by the
    // prepared statement, and would read all of a table that has grown since. And a page is as soon
    // read here as there, for what is in use is in memory: otherwise a list of a user's newest 20
    // orders would read all of them, page after page, and sort them.
    config.setConnectionInitSql(
        "set idle_in_transaction_session_timeout = '10s'; set synchronous_commit = on;"
            + " set enable_seqscan = off; set random_page_cost = 1.1; set jit = off;"
            // By the server: the driver's own time-outs cost a timer task per statement.
            + " set statement_timeout = '30s'");
    Properties driver = driverProperties(SOCKET_TIMEOUT_SECONDS);
    driver.setProperty("prepareThreshold", "3");
    driver.setProperty("binaryTransferEnable", "UUID_ARRAY"); // as Columns sends them
    driver.setProperty("defaultRowFetchSize", "1000");
    config.setDataSourceProperties(driver);
    return new HikariDataSource(config);
  }

  /**
   * Migrations on connections of their own: building an index may take longer than a minute. No
   * bean, or the health check would open one at each probe.
   */
  @Bean
  FlywayConfigurationCustomizer migrationConnections(DatabaseAddress address) {
    Properties driver = driverProperties(0);
    driver.setProperty("user", address.user());
    if (address.password() != null) {
      driver.setProperty("password", address.password());
    }
    return flyway ->
        flyway.dataSource(new SimpleDriverDataSource(new Driver(), address.url(), driver));
  }

  @Bean
  TransactionTemplate transactionTemplate(PlatformTransactionManager transactions) {
    return new TransactionTemplate(transactions);
  }

  private static Properties driverProperties(int socketTimeoutSeconds) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "sluice");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", Integer.toString(socketTimeoutSeconds));
    return properties;
  }

  /** Where the database is and who we are there. */
  record DatabaseAddress(String url, String user, @Nullable String password) {
    @Override
    public String toString() {
      return "DatabaseAddress[user=" + user + "]";
    }
  }
}

package dev.sluice.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The superuser's doings on the embedded server: the role, its database, the checks. */
final class ServerAccess {
  static final String DATABASE = "sluice";
  static final String ROLE = "sluice";

  /** A file in the cluster's directory: its first start was finished. */
  static final String COMPLETE = "sluice.complete";

  private static final String SUPERUSER = "postgres";
  private static final String ONLY_WITH_PASSWORD =
      """
      # Written by Sluice at the first start: this machine alone, with the password.
      host all all 127.0.0.1/32 scram-sha-256
      """;

  private final int port;
  private final String password;

  /**
   * Access to the server on this loopback port.
   *
   * @param password hexadecimal, so that it may stand in a statement
   */
  ServerAccess(int port, String password) {
    if (!password.matches("[0-9a-f]{32,}")) {
      throw new EmbeddedException("The database's password file was changed");
    }
    this.port = port;
    this.password = password;
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  String password() {
    return password;
  }

  /** Makes role and database, and asks for the password from now on: initdb let everyone in. */
  void setUp(Path cluster) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      // Iterations make guessing of a short password slow. This one is random bits, which nobody
      // guesses, and each connection would take thousands of hashes.
      statement.execute("set scram_iterations = 1");
      statement.execute("alter role " + SUPERUSER + " password '" + password + "'");
      statement.execute("create role " + ROLE + " login password '" + password + "'");
      statement.execute("create database " + DATABASE + " owner " + ROLE);
      Files.writeString(cluster.resolve("pg_hba.conf"), ONLY_WITH_PASSWORD);
      statement.execute("select pg_reload_conf()");
      Files.writeString(cluster.resolve(COMPLETE), EmbeddedDatabase.MAJOR_VERSION + "\n");
    } catch (SQLException | IOException e) {
      throw new EmbeddedException("The database could not be set up: " + e, e);
    }
  }

  /**
   * Makes sure that this is our server and that what it commits stays.
   *
   * @throws EmbeddedException if not
   */
  void check(Path cluster) {
    try (Connection connection = connect()) {
      Path actual = Path.of(setting(connection, "data_directory"));
      if (!Files.isSameFile(actual, cluster)) {
        throw new EmbeddedException(
            "Port %d is served by a PostgreSQL on %s, not by ours".formatted(port, actual));
      }
      for (Map.Entry<String, String> needed : ServerConfig.DURABLE.entrySet()) {
        String value = setting(connection, needed.getKey());
        if (!value.equals(needed.getValue())) {
          throw new EmbeddedException(
              "The embedded PostgreSQL runs with %s=%s and could lose accepted orders; it must be %s. See postgresql.auto.conf in %s."
                  .formatted(needed.getKey(), value, needed.getValue(), cluster));
        }
      }
    } catch (SQLException | IOException e) {
      throw new EmbeddedException("The embedded PostgreSQL can't be checked: " + e, e);
    }
  }

  /**
   * Brings the service's tables up to date, as whoever owns them.
   *
   * @throws EmbeddedException if that can't be done
   */
  void migrate() {
    try {
      Flyway.configure().dataSource(url(DATABASE), ROLE, password).load().migrate();
    } catch (FlywayException e) {
      throw new EmbeddedException(
          "The embedded database's tables can't be brought up to date: " + e.getMessage(), e);
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    return DriverManager.getConnection(url(SUPERUSER), properties);
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select current_setting(?)")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}

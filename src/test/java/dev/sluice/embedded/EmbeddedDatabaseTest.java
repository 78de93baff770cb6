package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
  @TempDir Path temporary;

  @Test
  void keepsItsDataOverARestart() throws SQLException {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      execute(database, "create table kept (n int)", "insert into kept values (42)");
    }
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      assertThat(query(database, "select n from kept")).isEqualTo("42");
    }
  }

  @Test
  void isDurableAndListensOnLoopbackOnly() throws SQLException {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      assertThat(query(database, "show fsync")).isEqualTo("on");
      assertThat(query(database, "show synchronous_commit")).isEqualTo("on");
      assertThat(query(database, "show full_page_writes")).isEqualTo("on");
      assertThat(query(database, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(database, "show data_checksums")).isEqualTo("on");
      assertThat(query(database, "show server_version_num"))
          .startsWith(EmbeddedDatabase.MAJOR_VERSION);
    }
  }

  @Test
  void letsNobodyInWithoutThePassword() throws IOException {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      for (String user : List.of("postgres", "sluice")) {
        assertThatThrownBy(() -> DriverManager.getConnection(database.url(), user, "wrong"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("password authentication failed");
      }
      Path password = data().resolve("keys").resolve("postgres.password");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void givesTheServiceARoleThatIsNoSuperuser() throws SQLException {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      assertThat(query(database, "show is_superuser")).isEqualTo("off");
    }
  }

  @Test
  void refusesASecondServiceOnOneDirectory() {
    try (EmbeddedDatabase _ = EmbeddedDatabase.start(settings())) {
      assertThatThrownBy(() -> EmbeddedDatabase.start(settings()))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining(data().toString())
          .hasMessageContaining("in use by another Sluice (process ")
          .hasMessageContaining("SLUICE_EMBEDDED_DATA");
    }
  }

  @Test
  void refusesAServerThatCouldLoseOrders() throws IOException, SQLException {
    EmbeddedDatabase.start(settings()).close();
    // Settings of a role win over those of the server.
    try (EmbeddedDatabase _ = EmbeddedDatabase.start(settings())) {
      asSuperuser("alter role postgres set synchronous_commit = off");
    }
    assertThatThrownBy(() -> EmbeddedDatabase.start(settings()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("synchronous_commit=off");
    assertThat(data().resolve("postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void refusesTheDataOfAnotherMajorVersion() throws IOException {
    Path cluster = Files.createDirectories(data().resolve("postgres"));
    Files.writeString(cluster.resolve("PG_VERSION"), "17\n");
    Files.writeString(cluster.resolve(ServerAccess.COMPLETE), "17\n");
    assertThatThrownBy(() -> EmbeddedDatabase.start(settings()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("is of PostgreSQL 17, and this Sluice brings PostgreSQL 18");
  }

  @Test
  void startsAfreshAfterAFirstStartThatWasCutOff() throws IOException, SQLException {
    Path cluster = Files.createDirectories(data().resolve("postgres"));
    Files.writeString(cluster.resolve("postgresql.conf"), "# half a database");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings());
        var left = Files.list(data())) {
      assertThat(query(database, "select 1")).isEqualTo("1");
      assertThat(left.map(path -> path.getFileName().toString()))
          .anyMatch(name -> name.startsWith("postgres.incomplete-"));
    }
  }

  @Test
  void takesOverAServerThatAKilledServiceLeftBehind() throws Exception {
    Process service = LeftBehindService.start(data(), binaries());
    long left = LeftBehindService.awaitServer(service, data());
    service.destroyForcibly().waitFor();
    assertThat(isRunning(left)).isTrue();

    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      assertThat(isRunning(left)).isFalse();
      assertThat(query(database, "select n from left_behind")).isEqualTo("7");
      assertThat(postmaster()).isNotEqualTo(left);
    }
  }

  @Test
  void startsAlthoughAnOldProcessNumberBelongsToAnotherProgramNow()
      throws IOException, SQLException {
    EmbeddedDatabase.start(settings()).close();
    Files.write(
        data().resolve("postgres/postmaster.pid"),
        List.of(
            Long.toString(ProcessHandle.current().pid()),
            data().resolve("postgres").toString(),
            "1",
            "5432",
            "",
            "127.0.0.1",
            "1 1",
            "ready"),
        StandardOpenOption.CREATE);
    try (EmbeddedDatabase database = EmbeddedDatabase.start(settings())) {
      assertThat(query(database, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void stopsPostgresqlWhenItCloses() throws IOException {
    EmbeddedDatabase database = EmbeddedDatabase.start(settings());
    long pid = postmaster();
    database.close();
    assertThat(isRunning(pid)).isFalse();
    database.close(); // a second time does nothing
  }

  private Path data() {
    return temporary.resolve("with a space").resolve("data");
  }

  private static Path binaries() {
    return Path.of("target", "postgres-binaries").toAbsolutePath();
  }

  private EmbeddedSettings settings() {
    return new EmbeddedSettings(
        data(), 0, binaries(), Duration.ofSeconds(60), Duration.ofSeconds(30));
  }

  private long postmaster() throws IOException {
    return Long.parseLong(
        Files.readAllLines(data().resolve("postgres/postmaster.pid")).getFirst().strip());
  }

  /** A process that ended but that its parent has not asked for yet has no command any more. */
  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isPresent();
  }

  private void asSuperuser(String sql) throws IOException, SQLException {
    String port = Files.readAllLines(data().resolve("postgres/postmaster.pid")).get(3);
    String password = Files.readString(data().resolve("keys/postgres.password")).strip();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void execute(EmbeddedDatabase database, String... sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  private static String query(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection connect(EmbeddedDatabase database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }
}

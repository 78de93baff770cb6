package dev.sluice.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A service in a JVM of its own that starts the embedded database and waits to be killed. */
final class LeftBehindService {
  private static final String READY = "the database is up";

  private LeftBehindService() {}

  static Process start(Path data, Path binaries) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            LeftBehindService.class.getName(),
            data.toString(),
            binaries.toString())
        .redirectError(new File("target", "left-behind-service.log"))
        .start();
  }

  /** Waits until it is up; the answer is the process id of its PostgreSQL. */
  static long awaitServer(Process service, Path data) throws IOException {
    BufferedReader out = service.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    while (line != null && !line.contains(READY)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("it ended; see target/left-behind-service.log");
    }
    return Long.parseLong(
        Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst().strip());
  }

  /** The service. */
  public static void main(String[] args) throws Exception {
    EmbeddedDatabase database =
        EmbeddedDatabase.start(
            new EmbeddedSettings(
                Path.of(args[0]),
                0,
                Path.of(args[1]),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30)));
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create table left_behind (n int)");
      statement.execute("insert into left_behind values (7)");
      System.out.println(READY);
      while (true) {
        LockSupport.park(); // until it is killed
      }
    }
  }
}

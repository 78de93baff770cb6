package dev.sluice.reconcile;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.support.Engine;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Reconciliation in a JVM of its own, until nothing is left to do or it is killed. */
final class ReconcilingProcess {
  private ReconcilingProcess() {}

  static Process start(String databaseUrl, Path directory, SettableClock clock) throws IOException {
    File log = new File("target", "reconciling-process.log");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-D" + Engine.KEYSET_PROPERTY + "=" + Engine.keyset(),
            "-cp",
            System.getProperty("java.class.path"),
            ReconcilingProcess.class.getName(),
            databaseUrl,
            directory.toString(),
            clock.instant().toString())
        .redirectOutput(log)
        .redirectError(log)
        .start();
  }

  /** The service. */
  public static void main(String[] args) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(args[0]);
    config.setUsername("postgres");
    config.setPassword("postgres");
    config.setMaximumPoolSize(4);
    config.setConnectionInitSql("set enable_seqscan = off; set jit = off");
    SettableClock clock = new SettableClock();
    clock.advance(Duration.between(clock.instant(), Instant.parse(args[2])));
    ModelChannel channel = new ModelChannel("bank");
    long seed = ProcessHandle.current().pid();
    try (HikariDataSource database = new HikariDataSource(config);
        Engine engine =
            new Engine(database, clock, Engine.Options.defaults().withSeed(seed), channel)) {
      new Bench(database, engine, channel, Path.of(args[1]), "bank", seed).finish();
    }
  }
}

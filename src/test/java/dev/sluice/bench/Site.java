package dev.sluice.bench;

import dev.sluice.support.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Where one benchmark takes place: a database, services and a directory that goes afterwards. */
final class Site implements AutoCloseable {
  private final Path work;
  private final Secrets secrets = new Secrets();
  private final Deque<Server> servers = new ArrayDeque<>();
  private final List<Postgres> databases = new ArrayList<>();

  Site() {
    try {
      work = Files.createTempDirectory("sluice-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path work() {
    return work;
  }

  Secrets secrets() {
    return secrets;
  }

  /**
   * A database with fsync on, empty.
   *
   * @param settings more of its settings, "name=value"
   */
  Postgres postgres(String... settings) {
    Postgres postgres = new Postgres(work.resolve("postgres-" + databases.size()), settings);
    databases.add(postgres);
    return postgres;
  }

  /**
   * Starts the service in one of its ways; {@link Server#awaitReady()} waits for it. Several that
   * are started together start side by side.
   *
   * @param mode of {@link BenchServer}
   * @param settings more options, such as {@code --sluice.payouts.enabled=true} or {@code -Xmx512m}
   */
  Server server(String name, String mode, Postgres postgres, String... settings) {
    List<String> arguments = new ArrayList<>(secrets.settings());
    arguments.add("--sluice.database.url=" + postgres.url());
    arguments.add("--sluice.database.user=postgres");
    arguments.add("--sluice.database.password=postgres");
    arguments.addAll(List.of(settings));
    Server server = new Server(name, mode, work.resolve(name + ".log"), arguments);
    servers.push(server);
    return server;
  }

  @Override
  public void close() {
    servers.forEach(Server::stop);
    databases.forEach(Postgres::close);
    ChildProcess.killAll();
    try (var files = Files.walk(work)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sluice.bench;

import dev.sluice.support.ChildProcess;
import dev.sluice.support.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One service in a JVM of its own, on a port of its own. */
final class Server {
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  /**
   * As docs/operating/start.md advises for a service under load. What runs once per commit is
   * compiled after minutes by default; with lower thresholds a minute of warming up shows what a
   * service does that has run for an hour. It holds for every side alike.
   */
  private static final List<String> JVM =
      List.of(
          "-Xmx1g",
          "-Xmn640m",
          "-XX:+UseParallelGC",
          "-XX:MaxTenuringThreshold=2",
          "-XX:+UseTransparentHugePages",
          "-XX:CompileThresholdScaling=0.3");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final Path log;
  private final int port = FreePorts.next();
  private final ChildProcess process;

  /**
   * Starts it.
   *
   * @param settings of the service, and options of its virtual machine, which begin with -X
   */
  Server(String name, String mode, Path log, List<String> settings) {
    this.name = name;
    this.log = log;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    settings.stream().filter(Server::isOfMachine).forEach(command::add);
    command.add("-Xlog:gc:file=" + gcLog(log) + ":uptime");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    String more = System.getProperty("bench.jvm." + name);
    if (more != null) { // such as a profiler
      command.addAll(List.of(more.split(" ", -1)));
    }
    command.addAll(List.of(BenchServer.class.getName(), mode));
    command.addAll(List.of("--server.port=" + port, "--server.address=127.0.0.1"));
    settings.stream().filter(setting -> !isOfMachine(setting)).forEach(command::add);
    process = ChildProcess.start(name, log, Map.of(), command);
  }

  private static boolean isOfMachine(String setting) {
    return setting.startsWith("-X");
  }

  private static Path gcLog(Path log) {
    return log.resolveSibling(log.getFileName() + ".gc");
  }

  /** What its collector has logged: a line per pause, with the seconds since its start in front. */
  List<String> collections() {
    try {
      return Files.readAllLines(gcLog(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Waits until it takes requests. */
  Server awaitReady() {
    if (!Health.await(process, url() + "/actuator/health/readiness")) {
      throw new IllegalStateException(name + " did not start: " + said());
    }
    return this;
  }

  /** The end of what it has logged. */
  String lastSaid() {
    String said = said();
    return said.substring(Math.max(0, said.length() - 4_000));
  }

  /** Sends JSON, which must be taken. */
  void post(String path, String token, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IllegalStateException(answer.body());
      }
    } catch (IOException e) {
      throw new IllegalStateException(name + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What it has logged. */
  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Answers a GET, such as of {@code /actuator/metrics/jvm.memory.used}. */
  String get(String path, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException(name + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Seconds of processor time that it has used so far. */
  double processorSeconds() {
    return Processor.seconds(process.pid());
  }

  long pid() {
    return process.pid();
  }

  void stop() {
    process.stop(LONGEST_STOP);
  }

  /** What happens while a server stands still. */
  interface Meanwhile {
    void run() throws Exception;
  }

  /** Lets it stand still while something is done. */
  void meanwhile(Meanwhile done) throws Exception {
    process.freeze();
    try {
      done.run();
    } finally {
      process.thaw();
    }
  }

  /** As when the plug is pulled. */
  void kill() {
    process.kill();
  }
}

package dev.sluice.bench;

import dev.sluice.support.ChildProcess;
import dev.sluice.support.FreePorts;
import java.io.IOException;
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
  private static final Duration LONGEST_START = Duration.ofSeconds(120);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
  private static final List<String> JVM = List.of("-Xmx512m", "-XX:+UseParallelGC");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final Path log;
  private final int port = FreePorts.next();
  private final ChildProcess process;

  Server(String name, String mode, Path log, List<String> settings) {
    this.name = name;
    this.log = log;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    String more = System.getProperty("bench.jvm." + name);
    if (more != null) { // such as a profiler
      command.addAll(List.of(more.split(" ", -1)));
    }
    command.addAll(List.of(BenchServer.class.getName(), mode));
    command.addAll(List.of("--server.port=" + port, "--server.address=127.0.0.1"));
    command.addAll(settings);
    process = ChildProcess.start(name, log, Map.of(), command);
  }

  String name() {
    return name;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Waits until it takes requests. */
  Server awaitReady() {
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    boolean started = ChildProcess.await(LONGEST_START, () -> !process.isAlive() || answers(ready));
    if (!started || !process.isAlive()) {
      throw new IllegalStateException(name + " did not start: " + said());
    }
    return this;
  }

  private static boolean answers(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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
    return processorSeconds(process.pid());
  }

  long pid() {
    return process.pid();
  }

  /** User and system time (proc(5), fields 14 and 15, in hundredths of a second). */
  static double processorSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / 100.0;
    } catch (IOException e) {
      return 0; // it ended meanwhile
    }
  }

  void stop() {
    process.stop(LONGEST_STOP);
  }

  /** As when the plug is pulled. */
  void kill() {
    process.kill();
  }
}

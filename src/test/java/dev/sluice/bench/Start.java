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

/**
 * How long the service takes from its command until its readiness probe says yes, on the embedded
 * default with data that is there already. Absolute seconds: there is nothing to compare them with.
 */
final class Start implements Benchmark {
  private static final Path JAR = Path.of("target", "sluice", "sluice.jar");
  private static final Path CACHE = Path.of("target", "sluice", "sluice.aot");

  /** Of each so many starts with the cache, one is without it. */
  private static final int WITHOUT_EACH = 3;

  private static final Duration LONGEST_BUILD = Duration.ofMinutes(10);
  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String what() {
    return "seconds until ready, on an existing data directory with the embedded PostgreSQL";
  }

  @Override
  public Pace pace() {
    return new Pace(7, 1, 0);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    if (!Files.exists(CACHE)) {
      build(site);
    }
    Path data = Files.createDirectories(site.work().resolve("data"));
    Files.writeString(data.resolve("demo.shown"), "not here\n");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> plain = List.of(java.toString(), "-jar", JAR.toString());
    List<String> cached = new ArrayList<>(plain);
    // As docs/operating/start.md has it. Without a usable cache it would start all the same, only
    // slowly, and nobody would know.
    cached.addAll(
        1,
        List.of(
            "-XX:AOTCache=" + CACHE,
            "-XX:AOTMode=on",
            "-XX:+UseParallelGC",
            "-XX:CompileThresholdScaling=3"));
    List<String> maven = List.of("mvn", "-q", "-B", "spring-boot:run");
    seconds(site, data, plain); // makes the database
    double[] withCache = new double[pace.rounds()];
    List<Double> without = new ArrayList<>();
    for (int round = 0; round < pace.rounds(); round++) {
      withCache[round] = seconds(site, data, cached);
      report.note("round %d  %.2f s with the AOT cache", round + 1, withCache[round]);
      if (round % WITHOUT_EACH == 0) {
        without.add(seconds(site, data, plain));
        report.note("round %d  %.2f s without", round + 1, without.getLast());
      }
    }
    double byMaven = seconds(site, data, maven);
    report.figure(
        "seconds without the cache",
        Rounds.median(without.stream().mapToDouble(Double::doubleValue).toArray()));
    report.atMost("seconds until ready, java -jar", Rounds.median(withCache), 2.5);
    report.atMost("seconds until ready, mvn spring-boot:run", byMaven, 10);
  }

  private static void build(Site site) {
    ChildProcess maven =
        ChildProcess.start(
            "build",
            site.work().resolve("build.log"),
            Map.of(),
            List.of("mvn", "-q", "-B", "-DskipTests", "package"));
    ChildProcess.await(LONGEST_BUILD, () -> !maven.isAlive());
    maven.stop(LONGEST_STOP);
    if (!Files.exists(CACHE)) {
      throw new IllegalStateException("mvn package made no " + CACHE);
    }
  }

  private double seconds(Site site, Path data, List<String> command) {
    int port = FreePorts.next();
    Path log = site.work().resolve("start.log");
    Map<String, String> settings =
        Map.of(
            "SLUICE_PORT", "" + port,
            "SLUICE_SIMULATOR_PORT", "" + FreePorts.next(),
            "SLUICE_EMBEDDED_DATA", data.toString());
    HttpRequest ready =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    long start = System.nanoTime();
    ChildProcess service = ChildProcess.start("start", log, settings, command);
    boolean started = ChildProcess.await(LONGEST_START, () -> !service.isAlive() || answers(ready));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!started || !service.isAlive()) {
      throw new IllegalStateException("it did not start: " + said(log));
    }
    service.stop(LONGEST_STOP);
    return seconds;
  }

  private boolean answers(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String said(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}

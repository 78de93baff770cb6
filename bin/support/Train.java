import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the ahead-of-time cache (JEP 483, 514, 515), which lets the service start without reading
 * and linking its classes anew: unpacks the jar into a directory, adds the definitions of its beans
 * ({@link Prepare}), starts the service from there on the embedded default with data of its own,
 * ends it once it is ready, and lets the JVM write down what it learnt. That start also shows that
 * the jar works.
 */
final class Train {
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);
  private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(5);

  /** What Spring says of a service with prepared beans. */
  private static final String PREPARED = "AOT-processed";

  private final Path directory;
  private final Path work;

  private Train(Path directory, Path work) {
    this.directory = directory.toAbsolutePath();
    this.work = work.toAbsolutePath();
  }

  /** Takes the jar, the directory to make of it, and one for what is needed meanwhile. */
  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("Usage: Train.java JAR DIRECTORY WORK");
      System.exit(2);
    }
    try {
      new Train(Path.of(args[1]), Path.of(args[2])).run(Path.of(args[0]).toAbsolutePath());
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private void run(Path jar) throws IOException, InterruptedException {
    clear(directory);
    clear(work);
    Files.createDirectories(work.resolve("data"));
    unpack(jar);
    Path classes = work.resolve("classes");
    Prepare.prepare(directory.resolve("sluice.jar").toString(), classes, work);
    Prepare.addTo(directory.resolve("sluice.jar"), classes);
    // Nothing is to be shown to anybody.
    Files.writeString(work.resolve("data/demo.shown"), Instant.now() + "\n");
    train();
    clear(work.resolve("data"));
  }

  private void unpack(Path jar) throws IOException, InterruptedException {
    Process process =
        process(
                work,
                work.resolve("unpack.log"),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--destination",
                directory.toString(),
                "--application-filename",
                "sluice.jar")
            .start();
    if (!process.waitFor(WRITTEN_WITHIN.toSeconds(), TimeUnit.SECONDS)
        || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("The jar can't be unpacked: see " + work + "/unpack.log");
    }
  }

  private void train() throws IOException, InterruptedException {
    int port = freePort();
    Process service =
        process(
                directory,
                log(),
                // Another vendor's JVM may not know it: then the service starts as slowly as ever.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:AOTCacheOutput=sluice.aot",
                // What is written down of methods that the second compiler took makes it take them
                // again at once, while the service starts, for more time than it saves.
                "-XX:TieredStopAtLevel=2",
                "-jar",
                // In full: only then may the directory be moved, and be started from anywhere.
                directory.resolve("sluice.jar").toString(),
                "--server.port=" + port,
                "--sluice.simulator.port=" + freePort(),
                "--sluice.embedded.data=" + work.resolve("data"))
            .start();
    try {
      awaitReady(service, port);
      if (!Files.readString(log()).contains(PREPARED)) {
        throw new IllegalStateException(
            "The service did not start with its prepared beans: see " + log());
      }
      service.destroy();
      if (!service.waitFor(WRITTEN_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("The service did not end: see " + log());
      }
    } finally {
      service.destroyForcibly();
    }
    if (Files.exists(directory.resolve("sluice.aot"))) {
      System.out.println("Made " + directory.resolve("sluice.aot"));
    } else {
      System.err.println("This JVM made no AOT cache; the service works without it: see " + log());
    }
  }

  private void awaitReady(Process service, int port) throws IOException, InterruptedException {
    URI readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
    HttpRequest request = HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(5)).build();
    Instant end = Instant.now().plus(READY_WITHIN);
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isReady(client, request)) {
        if (!service.isAlive() || Instant.now().isAfter(end)) {
          throw new IllegalStateException(
              "The service did not start from its jar: see %s. To build without trying it: -Dsluice.aot.skip=true"
                  .formatted(log()));
        }
        Thread.sleep(Duration.ofMillis(100));
      }
    }
  }

  private static boolean isReady(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // it doesn't listen yet
    }
  }

  /** A JVM of the same JDK, in the given directory. */
  static ProcessBuilder process(Path where, Path log, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of(java), Stream.of(arguments)).toList());
    // Neither the settings of whoever builds nor options that the cache would be bound to.
    builder.environment().keySet().removeIf(Train::isUnwanted);
    return builder.directory(where.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
  }

  private static boolean isUnwanted(String variable) {
    return variable.startsWith("SLUICE_")
        || variable.startsWith("SPRING_")
        || variable.startsWith("SERVER_")
        || variable.startsWith("MANAGEMENT_")
        || List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_AOT_VM_OPTIONS")
            .contains(variable);
  }

  private Path log() {
    return work.resolve("training.log");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Deletes a directory with all that is in it. */
  static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}

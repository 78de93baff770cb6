import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Prepares the definitions of the service's beans, so that it needn't read them from its classes at
 * each start: lets Spring write them down as code, with the settings of the embedded default, and
 * compiles that. The service itself decides whether it uses them ({@code PreparedBeans}).
 */
final class Prepare {
  private static final long LONGEST_SECONDS = 180;

  private Prepare() {}

  /**
   * Takes a class path, the directory to fill with classes, and one for what is needed meanwhile.
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("Usage: Prepare.java CLASSPATH DIRECTORY WORK");
      System.exit(2);
    }
    String classPath =
        Stream.of(args[0].split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    try {
      prepare(classPath, Path.of(args[1]).toAbsolutePath(), Path.of(args[2]).toAbsolutePath());
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Fills the directory with classes for a service of this class path; all paths are absolute. */
  static void prepare(String classPath, Path classes, Path work)
      throws IOException, InterruptedException {
    Path sources = Files.createDirectories(work.resolve("sources"));
    Path log = work.resolve("prepare.log");
    Files.createDirectories(classes);
    ProcessBuilder spring =
        Train.process(
            work,
            log,
            "-cp",
            classPath,
            // Keys of a development that nobody does.
            "-Dsluice.embedded.data=" + work.resolve("data"),
            "org.springframework.boot.SpringApplicationAotProcessor",
            "dev.sluice.SluiceApplication",
            sources.toString(),
            classes.toString(), // resources
            classes.toString(),
            "dev.sluice",
            "sluice");
    Process process = spring.start();
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("The beans can't be prepared: see " + log);
    }
    Train.clear(classes.resolve("META-INF")); // what a native image would need
    compile(classPath, sources, classes, log);
  }

  private static void compile(String classPath, Path sources, Path classes, Path log)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-nowarn",
                "-proc:none",
                "-parameters",
                "-cp",
                classPath + File.pathSeparator + classes,
                "-d",
                classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    try (var out = Files.newOutputStream(log)) {
      if (ToolProvider.getSystemJavaCompiler().run(null, out, out, arguments.toArray(String[]::new))
          != 0) {
        throw new IllegalStateException("The prepared beans can't be compiled: see " + log);
      }
    }
  }

  /** Adds all files of a directory to a jar. */
  static void addTo(Path jar, Path directory) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(jar);
        Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Path inJar = zip.getPath("/").resolve(directory.relativize(file).toString());
        Files.createDirectories(inJar.getParent());
        Files.copy(file, inJar, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}

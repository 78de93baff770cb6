import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks or mends the format of every Java file below the given folders. */
class Format {
  public static void main(String[] args) throws Exception {
    boolean check = args[0].equals("--check");
    List<String> options = new ArrayList<>();
    options.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    for (int i = 1; i < args.length; i++) {
      try (var files = Files.walk(Path.of(args[i]))) {
        files.map(Path::toString).filter(f -> f.endsWith(".java")).sorted().forEach(options::add);
      }
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = new Main(out, err, System.in).format(options.toArray(String[]::new));
    out.flush();
    if (check && status != 0) {
      System.err.println("The files above are not in google-java-format: run bin/format.");
    }
    System.exit(status);
  }
}

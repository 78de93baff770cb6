package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ProblemCode;
import dev.sluice.notify.EventType;
import dev.sluice.review.ReviewCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say of files, tests, codes and commands is there. */
class DocumentsTest {
  private static final Path README = Path.of("README.md");
  private static final Path CHINESE = Path.of("README.zh-CN.md");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^(#+) (.+)$");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern CODE_ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (\\d{3}) \\|");

  /** Dependencies, checkers and tools, not plugins. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          "<(?:dependency|path|artifactItem)>\\s*<groupId>([^<]+)</groupId>\\s*"
              + "<artifactId>([^<]+)</artifactId>");

  private static final Pattern LIBRARY_ROW = Pattern.compile("(?m)^\\| `([^`]+:[^`]+)` \\|");
  private static final Pattern CONFLICT = Pattern.compile("(?m)^(<{7}|>{7}) ");
  private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+(?:Test|Conformance|Proofs))`");

  /** A properties file takes them for settings, and a document for text. */
  @Test
  void noFileKeepsTheMarksOfAConflict() throws IOException {
    List<Path> marked = new ArrayList<>();
    for (Path directory : List.of(Path.of("src"), Path.of("docs"), Path.of("bin"))) {
      try (Stream<Path> files = Files.walk(directory)) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> CONFLICT.matcher(latin(file)).find())
            .forEach(marked::add);
      }
    }
    assertThat(marked).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() {
    List<String> dead = new ArrayList<>();
    for (Path document : documents()) {
      LINK.matcher(withoutCode(read(document)))
          .results()
          .map(link -> link.group(1))
          .filter(link -> !link.startsWith("http"))
          .filter(link -> !leadsSomewhere(document, link))
          .forEach(link -> dead.add(document + " -> " + link));
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void everyDocumentIsInTheIndex() {
    String index = read(Path.of("docs/README.md"));
    assertThat(documents().stream().filter(d -> d.startsWith("docs")))
        .filteredOn(document -> !document.endsWith("README.md"))
        .allSatisfy(
            document ->
                assertThat(index).contains("(" + Path.of("docs").relativize(document) + ")"));
  }

  @Test
  void theErrorsPageHasEveryCodeWithItsStatus() {
    assertThat(CODE_ROW.matcher(read(Path.of("docs/errors.md"))).results())
        .extracting(row -> row.group(1) + " " + row.group(2))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemCode.values())
                .map(code -> code + " " + code.status().value())
                .toList());
  }

  @Test
  void theWebhooksPageHasEveryEvent() {
    assertThat(read(Path.of("docs/webhooks.md")))
        .contains(EventType.wireNames().stream().map(name -> "| `" + name + "` |").toList());
  }

  @Test
  void theRunbookTellsWhatToDoWithEachKindOfReviewCase() {
    assertThat(read(Path.of("docs/operating/runbook.md")))
        .contains(
            Arrays.stream(ReviewCase.Kind.values()).map(kind -> "| `" + kind + "` |").toList());
  }

  @Test
  void theDependenciesPageHasEveryLibrary() {
    String pom = read(Path.of("pom.xml"));
    Set<String> libraries =
        LIBRARY
            .matcher(pom)
            .results()
            .map(library -> library.group(1) + ":" + library.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(libraries).hasSizeGreaterThan(15);
    assertThat(LIBRARY_ROW.matcher(read(Path.of("docs/dependencies.md"))).results())
        .extracting(row -> row.group(1))
        .containsExactlyInAnyOrderElementsOf(libraries);
  }

  @Test
  void testsThatAreNamedExist() {
    Set<String> existing = testClasses();
    for (Path document : documents()) {
      assertThat(TEST_CLASS.matcher(read(document)).results().map(test -> test.group(1)))
          .as(document.toString())
          .allMatch(existing::contains);
    }
  }

  @Test
  void theReadmesCommandsAreWhatTheDemoPrints() {
    List<String> commands =
        read(Path.of("src/main/java/dev/sluice/embedded/Demo.java"))
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("TOKEN=$(curl") || line.startsWith("curl -i "))
            .map(DocumentsTest::asPrinted)
            .toList();
    assertThat(commands).hasSize(2);
    String block = String.join("\n", commands) + "\n";
    for (Path readme : List.of(README, CHINESE)) {
      assertThat(fences(readme, "sh")).contains("mvn spring-boot:run\n", "mvn verify\n", block);
    }
  }

  @Test
  void theChineseReadmeKeepsInStep() {
    assertThat(shape(CHINESE)).isEqualTo(shape(README));
    assertThat(fences(CHINESE, "text")).isEqualTo(fences(README, "text"));
    assertThat(links(CHINESE)).isEqualTo(links(README));
  }

  /** As {@code Demo} formats its text block, on the usual port. */
  private static String asPrinted(String sourceLine) {
    return sourceLine
        .replace("%1$s", "http://127.0.0.1:8080")
        .replace("%4$s", "U1001")
        .replace("%5$s", "622208******1234")
        .replace("%%", "%")
        .replace("\\\\", "\\");
  }

  private static List<String> fences(Path document, String language) {
    return FENCE
        .matcher(read(document))
        .results()
        .filter(fence -> fence.group(1).equals(language))
        .map(fence -> fence.group(2))
        .toList();
  }

  private static List<Integer> shape(Path document) {
    return HEADING
        .matcher(withoutCode(read(document)))
        .results()
        .map(heading -> heading.group(1).length())
        .toList();
  }

  private static Set<String> links(Path document) {
    return LINK.matcher(withoutCode(read(document)))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.startsWith("README"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean leadsSomewhere(Path document, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
  }

  /** Headings as GitHub turns them into anchors. */
  private static Set<String> anchors(Path document) {
    return HEADING
        .matcher(withoutCode(read(document)))
        .results()
        .map((MatchResult heading) -> heading.group(2).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static String withoutCode(String markdown) {
    return FENCE.matcher(markdown).replaceAll("");
  }

  /** Whatever its bytes are. */
  private static String latin(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> documents() {
    try (Stream<Path> pages = Files.walk(Path.of("docs"));
        Stream<Path> root = Files.list(Path.of(""))) {
      return Stream.concat(root, pages).filter(file -> file.toString().endsWith(".md")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> testClasses() {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.replace(".java", ""))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.support.ChildProcess;
import dev.sluice.support.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
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
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** Beans whose definitions the build prepared, beside the same that are read from the classes. */
class PreparedBeansTest {
  private static final Duration LONGEST_START = Duration.ofMinutes(3);
  private static final Duration LONGEST_PREPARATION = Duration.ofMinutes(3);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
  private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  /** What reads classes, of which there is nothing to do where nothing is read. */
  private static final Pattern READS_CLASSES =
      Pattern.compile(
          "org\\.springframework\\.(context\\.annotation|context\\.event|boot\\.autoconfigure)\\.internal.*"
              + "|org\\.springframework\\.boot\\.context\\.internalConfigurationPropertiesBinder.*");

  @TempDir static Path work;
  private static Path classes;
  private static Service prepared;
  private static Service plain;

  /** A service in a JVM of its own. */
  private record Service(ChildProcess process, int port, List<String> beans) {
    HttpResponse<String> get(HttpClient http, String path) throws Exception {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @BeforeAll
  static void start() throws Exception {
    classes = work.resolve("classes");
    Path log = work.resolve("prepare-start.log");
    ChildProcess preparing =
        ChildProcess.start(
            "preparing",
            log,
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "bin/support/Prepare.java",
                ChildProcess.productClassPath(),
                classes.toString(),
                Files.createDirectories(work.resolve("preparing")).toString()));
    ChildProcess.await(LONGEST_PREPARATION, () -> !preparing.isAlive());
    preparing.stop(LONGEST_STOP);
    assertThat(classes.resolve(PreparedBeans.ANSWERS)).as(Files.readString(log)).exists();
    prepared = start("prepared");
    // Set as it is by default: another answer than none all the same.
    plain = start("plain", "--sluice.retention.enabled=true");
  }

  @AfterAll
  static void stop() {
    Stream.of(prepared, plain).forEach(service -> service.process().stop(LONGEST_STOP));
  }

  @Test
  void noteEachSettingThatOurConditionsAskFor() throws IOException {
    JavaClasses ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sluice");
    Set<String> asked = new TreeSet<>();
    for (JavaClass type : ours) {
      Stream.concat(
              type.getAnnotations().stream(),
              type.getMethods().stream().flatMap(method -> method.getAnnotations().stream()))
          .forEach(annotation -> asked.addAll(names(annotation)));
    }
    assertThat(asked).contains("sluice.channels.alipay.app-id", "sluice.payouts.enabled");
    asked.add("sluice.database.url");
    assertThat(answers()).containsAll(asked);
  }

  /** Spring Boot finds a platform, such as Kubernetes, by more than the settings. */
  @Test
  void askForNoPlatform() throws IOException {
    assertThat(answers()).doesNotContain("spring.main.cloud-platform");
  }

  @Test
  void noteNothingOfTheMachineOrItsPorts() throws IOException {
    assertThat(answers()).doesNotContain("server.port", "SLUICE_PORT", "spring.application.pid");
    assertThat(Files.readString(classes.resolve(PreparedBeans.ANSWERS)))
        .doesNotContain(work.toString());
  }

  @Test
  void areUsedOnlyIfAllIsAnsweredAsBefore() {
    assertThat(prepared.beans()).first().isEqualTo("prepared true");
    assertThat(plain.beans()).first().isEqualTo("prepared false");
  }

  @Test
  void areTheSameAsWithoutPreparing() {
    assertThat(beans(prepared)).hasSizeGreaterThan(200).containsExactlyElementsOf(beans(plain));
  }

  @Test
  void answerInTheSameWay() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String path :
          List.of(
              "/v1/withdrawals",
              "/v1/nothing",
              "/console",
              "/console/",
              "/dev/token",
              "/swagger-ui.html",
              "/v3/api-docs",
              "/actuator",
              "/actuator/health",
              "/actuator/env",
              "/nothing")) {
        HttpResponse<String> expected = plain.get(http, path);
        HttpResponse<String> answer = prepared.get(http, path);
        assertThat(answer.statusCode()).as(path).isEqualTo(expected.statusCode());
        assertThat(answer.headers().map().keySet())
            .as(path)
            .isEqualTo(expected.headers().map().keySet());
      }
    }
  }

  @Test
  void payAnOrder() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String at = "http://127.0.0.1:" + prepared.port();
      HttpRequest.Builder json =
          HttpRequest.newBuilder(URI.create(at + "/dev/token"))
              .header("Content-Type", "application/json");
      HttpResponse<String> answer =
          http.send(
              json.copy()
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"sub\":\"U1001\",\"scope\":\"withdrawals\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      Matcher token = TOKEN.matcher(answer.body());
      assertThat(token.find()).as(answer.body()).isTrue();
      json.header("Authorization", "Bearer " + token.group(1));
      HttpRequest withdraw =
          json.copy()
              .uri(URI.create(at + "/v1/withdrawals"))
              .header("Idempotency-Key", "prepared-1")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"userId\":\"U1001\",\"amount\":500.00,\"bankAccount\":\"622208******1234\"}"))
              .build();
      // Sent again, it tells of the order.
      assertThat(
              ChildProcess.await(
                  Duration.ofSeconds(60), () -> body(http, withdraw).contains("\"SUCCESS\"")))
          .as(body(http, withdraw))
          .isTrue();
    }
  }

  private static String body(HttpClient http, HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  private static Set<String> names(JavaAnnotation<?> annotation) {
    Set<String> names = new TreeSet<>();
    if (annotation.getRawType().isEquivalentTo(ConditionalOnProperty.class)
        || annotation.getRawType().isEquivalentTo(ConditionalOnBooleanProperty.class)) {
      for (String attribute : List.of("name", "value")) {
        annotation.get(attribute).ifPresent(value -> names.addAll(List.of((String[]) value)));
      }
    }
    return names;
  }

  /** The settings that were asked for. */
  private static Set<String> answers() throws IOException {
    Properties answers = new Properties();
    try (Reader reader = Files.newBufferedReader(classes.resolve(PreparedBeans.ANSWERS))) {
      answers.load(reader);
    }
    Set<String> names = new TreeSet<>();
    answers.stringPropertyNames().forEach(key -> names.add(key.replaceFirst("^(un)?set\\.", "")));
    return names;
  }

  private static List<String> beans(Service service) {
    return service.beans().stream()
        .skip(1)
        .filter(bean -> !READS_CLASSES.matcher(bean).matches())
        .map(bean -> bean.replaceFirst("Lambda/.*", "Lambda"))
        .sorted()
        .toList();
  }

  private static Service start(String name, String... arguments) throws IOException {
    int port = FreePorts.next();
    Path data = Files.createDirectories(work.resolve(name));
    Path beans = work.resolve(name + ".beans");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-cp"));
    command.add(
        String.join(
            File.pathSeparator,
            classes.toString(),
            ChildProcess.productClassPath(),
            Path.of("target", "test-classes").toString()));
    command.add(BeanNames.class.getName());
    command.add(beans.toString());
    command.addAll(List.of(arguments));
    Path log = work.resolve(name + ".log");
    ChildProcess process =
        ChildProcess.start(
            name,
            log,
            Map.of(
                "SLUICE_PORT", "" + port,
                "SLUICE_SIMULATOR_PORT", "" + FreePorts.next(),
                "SLUICE_EMBEDDED_DATA", data.toString()),
            command);
    boolean started =
        ChildProcess.await(LONGEST_START, () -> !process.isAlive() || Files.exists(beans));
    assertThat(started && process.isAlive()).as(Files.readString(log)).isTrue();
    return new Service(process, port, Files.readAllLines(beans));
  }
}

package dev.sluice.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Renders every setting of the code, with its default and the words of its Javadoc. */
final class ConfigurationReference {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path YAML = Path.of("src/main/resources/application.yaml");
  private static final Pattern PREFIX = Pattern.compile("@ConfigurationProperties\\(\"([^\"]+)\"");
  private static final Pattern ELEMENT = Pattern.compile("[<,] ?([\\w.$]+)>$");
  private static final Pattern LINK = Pattern.compile("\\{@(?:code|link)\\s+([^}]+)}");

  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from the code and its Javadoc: CONTRIBUTING.md tells how. Don't edit it here. -->

      Every setting with its default. The service starts without any: see
      [the README](../README.md#your-own-postgresql) for what a database of your own needs.

      A setting can be given, the first that is found wins,

      1. on the command line: `--sluice.payouts.batch=100`
      2. as an environment variable, by the name in the tables
      3. in an `application.yaml` beside the jar
      4. as a file of the setting's name (`sluice.vault.keyset`) in the directory that
         `SLUICE_SECRETS_DIR` names, `/run/secrets/sluice` by default: the place for keys

      Durations are written `200ms`, `10s`, `5m`, `1h`, `7d`, or as ISO 8601 (`PT10S`). Sizes are
      written `64KB`. Lists are separated by commas.

      With a database of your own the vault's keys, `sluice.jwt.issuer`, `sluice.jwt.audience` and a key
      for tokens are needed; whatever is missing is named at start. Without `sluice.database.url` the
      embedded default fills in, below everything that you set: made-up keys, the simulated bank's
      address, `server.address=127.0.0.1`, `sluice.webhooks.allow-http=true`, and loopback in
      `sluice.webhooks.allowed-ranges`. With it, the log is one JSON object a line (ECS), unless
      `logging.structured.format.console` says otherwise.
      """;

  private static final String MAP_NOTE =
      """

      By environment, the channel's name stands in capitals: `SLUICE_ROUTING_CHANNELS_BANK_PRIORITY`.
      """;

  /** Limits and names of application.yaml that an operator may want to know or change. */
  private static final List<Limit> LIMITS =
      List.of(
          new Limit("server.port", "TCP port of the API; `SLUICE_PORT` sets it, too"),
          new Limit("server.shutdown", "accepted work is finished before the process ends"),
          new Limit(
              "spring.lifecycle.timeout-per-shutdown-phase",
              "the longest that each phase of stopping may take"),
          new Limit(
              "server.max-http-request-header-size",
              "all headers of one request together, the token included"),
          new Limit(
              "server.tomcat.connection-timeout",
              "the longest pause while a request is sent: between two bytes of its head or body"),
          new Limit("server.tomcat.keep-alive-timeout", "how long an idle connection is kept"),
          new Limit("server.tomcat.max-keep-alive-requests", "-1: as many as the client likes"),
          new Limit("server.tomcat.max-connections", "connections that are served at a time"),
          new Limit("server.tomcat.accept-count", "further connections that may wait"),
          new Limit(
              "server.tomcat.max-swallow-size",
              "read and thrown away of a refused body before the connection is cut"),
          new Limit("server.tomcat.max-http-form-post-size", "nothing of the API is a form"),
          new Limit("management.endpoints.web.exposure.include", "what lies below `/actuator`"));

  private record Limit(String name, String meaning) {}

  /** One line of a table. */
  record Row(String name, String defaultValue, String meaning) {
    /** A variable's name can't tell the ids of a map apart. */
    boolean hasVariable() {
      return !name.endsWith("[<id>]");
    }

    String environment() {
      if (name.equals("server.port")) {
        return "SLUICE_PORT";
      }
      return name.replace("[n]", ".0").replace(".", "_").replace("-", "_").toUpperCase(Locale.ROOT);
    }
  }

  private ConfigurationReference() {}

  /** The whole page. */
  static String render() {
    StringBuilder page = new StringBuilder(HEAD);
    settings().forEach((type) -> section(page, type));
    page.append("\n## Server\n\nNot Sluice's own, set in `application.yaml`.\n");
    Map<String, String> yaml = Yaml.flat(read(YAML));
    table(
        page,
        LIMITS.stream()
            .map(
                limit ->
                    new Row(
                        limit.name,
                        code(plain(required(yaml, limit.name))),
                        sentence(limit.meaning)))
            .toList());
    return page.toString();
  }

  /** All settings' records, in the order of their prefixes. */
  static List<Class<?>> settings() {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> PREFIX.matcher(read(file)).find())
          .<Class<?>>map(ConfigurationReference::type)
          .sorted(Comparator.comparing(ConfigurationReference::prefix))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> type(Path file) {
    String name = SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("settings must be top-level records: " + file, e);
    }
  }

  private static String prefix(Class<?> type) {
    return type.getAnnotation(ConfigurationProperties.class).value();
  }

  private static void section(StringBuilder page, Class<?> type) {
    Javadoc javadoc = Javadoc.of(source(type), type.getSimpleName());
    page.append("\n## ").append(prefix(type)).append("\n\n");
    page.append(plainWords(javadoc.description())).append('\n');
    List<Row> rows = rows(prefix(type), type);
    table(page, rows);
    if (rows.stream().anyMatch(row -> row.name.contains("<name>"))) {
      page.append(MAP_NOTE);
    }
  }

  /** Every setting that the code declares. */
  static List<Row> rows() {
    return settings().stream().flatMap(type -> rows(prefix(type), type).stream()).toList();
  }

  private static List<Row> rows(String prefix, Class<?> type) {
    Javadoc javadoc = Javadoc.of(source(type), type.getSimpleName());
    List<Row> rows = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + kebab(component.getName()) + index(component);
      Class<?> nested = nestedSettings(component);
      if (nested != null) {
        rows.addAll(rows(name, nested));
      } else {
        String meaning = meaning(javadoc, component.getName());
        if (meaning == null) {
          throw new IllegalStateException(name + " has no @param in the Javadoc of " + type);
        }
        rows.add(new Row(name, defaultOf(type, component), sentence(plainWords(meaning))));
      }
    }
    return rows;
  }

  /** A setting that names a file may share the words of the one that holds the text. */
  private static @Nullable String meaning(Javadoc javadoc, String component) {
    String own = javadoc.params().get(component);
    if (own == null && component.endsWith("File")) {
      String text = component.substring(0, component.length() - "File".length());
      return javadoc.params().containsKey(text)
          ? "the file with `%s`, in its place".formatted(kebab(text))
          : null;
    }
    return own;
  }

  /** How a value is picked out of a list or a map. */
  private static String index(RecordComponent component) {
    if (component.getType().isRecord()) {
      return "";
    }
    boolean settings = nestedSettings(component) != null;
    if (Map.class.isAssignableFrom(component.getType())) {
      return settings ? ".<name>" : "[<id>]";
    }
    return settings ? "[n]" : "";
  }

  /**
   * The record below a setting, in a map or in a list, as {@code sluice.routing.channels} has it.
   */
  private static @Nullable Class<?> nestedSettings(RecordComponent component) {
    if (component.getType().isRecord()
        && component.getType().getPackageName().startsWith("dev.sluice")) {
      return component.getType();
    }
    Matcher value = ELEMENT.matcher(component.getGenericType().getTypeName());
    if (!value.find()) {
      return null;
    }
    try {
      Class<?> element = Class.forName(value.group(1));
      return element.isRecord() ? element : null;
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String defaultOf(Class<?> type, RecordComponent component) {
    DefaultValue value = constructorParameter(type, component).getAnnotation(DefaultValue.class);
    if (value == null) {
      return "–";
    }
    if (value.value().length == 0) {
      return Collection.class.isAssignableFrom(component.getType()) ? "none" : "–";
    }
    String text = String.join(", ", value.value());
    if (component.getType() == Duration.class && text.isBlank()) {
      throw new IllegalStateException(component + " has a blank default");
    }
    return code(text);
  }

  private static java.lang.reflect.Parameter constructorParameter(
      Class<?> type, RecordComponent component) {
    for (var parameter : type.getDeclaredConstructors()[0].getParameters()) {
      if (parameter.getName().equals(component.getName())) {
        return parameter;
      }
    }
    throw new IllegalStateException("no parameter for " + component);
  }

  private static void table(StringBuilder page, List<Row> rows) {
    page.append("\n| Setting | Environment | Default | Meaning |\n|---|---|---|---|\n");
    for (Row row : rows) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  row.name,
                  row.hasVariable() ? code(row.environment()) : "–",
                  row.defaultValue,
                  row.meaning));
    }
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String plainWords(String javadoc) {
    return LINK.matcher(javadoc).replaceAll("`$1`").replace("|", "\\|");
  }

  private static String plain(String yamlValue) {
    return yamlValue.replaceAll("\\$\\{[A-Z_]+:([^}]*)}", "$1").replace("\"", "");
  }

  private static String sentence(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private static String required(Map<String, String> yaml, String name) {
    String value = yaml.get(name);
    if (value == null) {
      throw new IllegalStateException(YAML + " doesn't set " + name);
    }
    return value;
  }

  private static String source(Class<?> type) {
    Class<?> top = type.getNestHost();
    return read(SOURCES.resolve(top.getName().replace('.', '/') + ".java"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

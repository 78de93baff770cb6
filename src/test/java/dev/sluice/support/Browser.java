package dev.sluice.support;

import dev.sluice.channel.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Chromium without a window, driven over the protocol of its own ChromeDriver (W3C
 * WebDriver, JSON over HTTP): no library stands between. It reaches 127.0.0.1 and nothing else.
 */
public final class Browser implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final int MOST_TRIES = 5;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String session;

  /** Starts both; {@code profile} is a directory of its own. */
  public Browser(Path profile) throws IOException {
    driver =
        new ProcessBuilder(program("chromedriver").orElseThrow().toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    String base = "http://127.0.0.1:" + port(driver) + "/session";
    List<String> arguments =
        List.of(
            "--headless=new",
            "--no-sandbox", // it may run as root, and opens nothing but our own pages
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--window-size=1280,1400",
            "--user-data-dir=" + profile);
    Map<String, Object> options =
        Map.of("binary", program("chromium").orElseThrow().toString(), "args", arguments);
    JsonNode created =
        send(
            "POST",
            base,
            Map.of(
                "capabilities",
                Map.of(
                    "alwaysMatch",
                    Map.of(
                        "goog:chromeOptions",
                        options,
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL")))));
    session = base + "/" + created.path("sessionId").asString();
  }

  /** Whether this machine has one. */
  public static boolean isHere() {
    return program("chromedriver").isPresent() && program("chromium").isPresent();
  }

  private static Optional<Path> program(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String port(Process driver) throws IOException {
    BufferedReader said = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return started.group(1);
      }
    }
    throw new IllegalStateException("chromedriver did not start");
  }

  /** Goes to an address. */
  public void open(String url) {
    send("POST", session + "/url", Map.of("url", url));
  }

  /** Reloads the page. */
  public void reload() {
    send("POST", session + "/refresh", Map.of());
  }

  /** Waits until the first element of this selector is there and its text contains this. */
  public void awaitText(String selector, String text) {
    try {
      Eventually.until(selector + " says \"" + text + "\"", () -> text(selector).contains(text));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; the page says: " + text("body"), e);
    }
  }

  /** The text that a person sees; empty if there's no such element. */
  public String text(String selector) {
    return script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        .asString();
  }

  /** How many elements there are. */
  public int count(String selector) {
    return script("return document.querySelectorAll(arguments[0]).length", selector).asInt();
  }

  /** Clicks, as a person would: it must be seen and not be covered. */
  public void click(String selector) {
    onElement(selector, "/click", Map.of());
  }

  /** Types; into a file field: the path of a file. */
  public void type(String selector, String keys) {
    onElement(selector, "/value", Map.of("text", keys));
  }

  /** What was drawn anew since it was found wasn't touched, and is looked for again. */
  private void onElement(String selector, String action, Map<String, String> body) {
    for (int tries = 1; ; tries++) {
      try {
        send("POST", element(selector) + action, body);
        return;
      } catch (StaleElement e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  /** The page has another element in this one's place by now (W3C WebDriver, section 6.6). */
  private static final class StaleElement extends IllegalStateException {
    StaleElement(String message) {
      super(message);
    }
  }

  /** Runs a function's body in the page. */
  public JsonNode script(String body, Object... arguments) {
    return send(
        "POST", session + "/execute/sync", Map.of("script", body, "args", List.of(arguments)));
  }

  /** What the page's console says since it was asked last: errors, and what its policy forbade. */
  public List<String> log() {
    return send("POST", session + "/se/log", Map.of("type", "browser")).values().stream()
        .map(entry -> entry.path("level").asString() + " " + entry.path("message").asString())
        .toList();
  }

  /** Keeps a picture of the page. */
  public void picture(Path file) throws IOException {
    String base64 = send("GET", session + "/screenshot", null).asString();
    Files.write(file, Base64.getDecoder().decode(base64));
  }

  private String element(String selector) {
    JsonNode found =
        send("POST", session + "/element", Map.of("using", "css selector", "value", selector));
    return session + "/element/" + found.path(ELEMENT).asString();
  }

  private JsonNode send(String method, String url, @Nullable Object body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    try {
      JsonNode value =
          JSON.readTree(http.send(request, BodyHandlers.ofString()).body()).path("value");
      if (value.has("error")) {
        String message = url + ": " + value.path("message").asString();
        throw value.path("error").asString().equals("stale element reference")
            ? new StaleElement(message)
            : new IllegalStateException(message);
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      send("DELETE", session, null);
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
      http.close();
    }
  }
}

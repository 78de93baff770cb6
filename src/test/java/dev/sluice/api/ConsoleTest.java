package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.channel.Eventually;
import dev.sluice.support.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.jdbc.core.ConnectionCallback;

/**
 * The console in a real browser. Where {@code SLUICE_BROWSER=required} is set, one must be here.
 */
@Isolated("a browser needs both processors")
class ConsoleTest extends ApiTest {
  private static final int MOST_CLICKS = 3;
  private static final long LONGEST_PAGE_NANOS = 8_000_000_000L;
  private static final long PAUSE_NANOS = 20_000_000;
  private static final String SOURCE = "standin-list";
  private static final String HEADING = "request_number,amount,beneficiary,booked_at\n";

  @TempDir static Path directory;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    boolean required = "required".equals(System.getenv("SLUICE_BROWSER"));
    assumeTrue(required || Browser.isHere(), "there's no chromium with chromedriver here");
    browser = new Browser(directory.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void signIn() {
    browser.open("http://127.0.0.1:" + port + "/console/");
    browser.script("sessionStorage.clear()");
    browser.reload();
    browser.awaitText("h1", "Sign in");
    browser.type("#token", token("operator-1", "ops"));
    browser.click("form button");
    browser.awaitText("h1", "Statements");
    browser.log();
  }

  private static LocalDate day(int back) {
    return LocalDate.now(ZoneId.of("Asia/Shanghai")).minusDays(back);
  }

  private static Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  /** Clicks, once more if nothing came of it: a row may be drawn anew under the mouse. */
  private static void follow(String link, String heading) {
    for (int click = 1; click < MOST_CLICKS && !browser.text("h1").contains(heading); click++) {
      browser.click(link);
      long end = System.nanoTime() + LONGEST_PAGE_NANOS;
      while (!browser.text("h1").contains(heading) && System.nanoTime() < end) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    browser.awaitText("h1", heading);
  }

  private static void bring(Path file, LocalDate day) {
    browser.script("document.querySelector('#source').value = arguments[0]", SOURCE);
    browser.script("document.querySelector('#day').value = arguments[0]", day.toString());
    browser.type("#file", file.toString());
    browser.click("#send");
  }

  private static String foreign(LocalDate day, String amount) {
    return HEADING + "abc,%s,6222******1234,%s 12:00:00\n".formatted(amount, day);
  }

  @Test
  void bringsAStatementAndShowsItsReport() throws IOException {
    LocalDate day = day(6);
    Path list = file("list.csv", foreign(day, "1234567.50"));

    bring(list, day);
    browser.awaitText("#said", "list.csv is kept, and being compared.");
    browser.awaitText("#statements tbody tr", "list.csv"); // and no longer whatever came before it
    browser.awaitText("#statements tbody tr .mark", "DONE");
    follow("#statements tbody tr a", SOURCE + ", " + day);
    assertThat(browser.text(".tiles")).contains("1\nopen differences", "1,234,567.50 EUR");
    assertThat(browser.text("main")).contains("MISSING_HERE", "that we know nothing of");
    assertThat(browser.count("svg.plot rect.found")).isPositive();
    assertThat(browser.count("svg.plot rect.open")).isPositive();
    assertThat(browser.count("svg.plot circle.here")).isOne();
    browser.picture(Path.of("target", "console-report.png"));
    assertThat(browser.log()).isEmpty();

    browser.click("nav a");
    browser.awaitText("h1", "Statements");
    bring(list, day);
    browser.awaitText("#said", "was brought before: nothing changes.");
    browser.picture(Path.of("target", "console-statements.png"));
    assertThat(browser.log()).isEmpty();
  }

  @Test
  void showsHowFarAStatementIsUntilItIsDone() throws IOException {
    LocalDate day = day(7);
    Path list = file("slow.csv", foreign(day, "3.00"));
    // Whoever holds this works on the source; nobody else does until then.
    String lock = "(hashtextextended('statement:" + SOURCE + "', 0))";
    jdbc.execute(
        (ConnectionCallback<Boolean>)
            c -> {
              execute(c, "select pg_advisory_lock" + lock);
              bring(list, day);
              browser.awaitText("#statements tbody tr", "RECEIVED");
              browser.awaitText("#statements tbody tr", "0 lines read");
              assertThat(browser.count("#statements tbody tr:first-child progress")).isOne();
              return execute(c, "select pg_advisory_unlock" + lock);
            });
    browser.awaitText("#statements tbody tr .mark", "DONE");
    assertThat(browser.count("#statements tbody tr:first-child progress")).isZero();
  }

  private static boolean execute(Connection c, String sql) throws SQLException {
    try (Statement s = c.createStatement()) {
      return s.execute(sql);
    }
  }

  @Test
  void saysWhyAStatementWasRefusedAndWhyAnUploadWas() throws IOException {
    LocalDate day = day(8);
    bring(file("wrong.csv", "a,b\n1,2\n"), day);
    browser.awaitText("#statements tbody tr", "WRONG_TEMPLATE");
    browser.awaitText("#statements tbody tr", "Read again");

    browser.script("document.querySelector('#source').selectedOptions[0].value = 'none'");
    browser.type("#file", file("other.csv", "x").toString());
    browser.click("#send");
    browser.awaitText("#said [role=alert]", "source must be one that is configured");
  }

  @Test
  void showsTextThatLooksLikeMarkupAsText() throws IOException {
    String name = "<img src=x onerror=alert(1)>.csv";
    bring(file(name, "a,b\n3,4\n"), day(9));
    browser.awaitText("#statements tbody tr", name);
    assertThat(browser.count("#statements img")).isZero();
  }

  @Test
  void runsNoScriptOfAnotherOriginAndNoneWithinThePage() {
    browser.script(
        """
        window.forbidden = [];
        document.addEventListener('securitypolicyviolation',
            event => window.forbidden.push(event.effectiveDirective));
        const script = document.createElement('script');
        try { script.textContent = 'window.ran = true'; } catch { window.forbidden.push('types'); }
        try { document.body.innerHTML = '<b>x</b>'; } catch { window.forbidden.push('types'); }
        const image = document.createElement('img');
        image.src = 'http://127.0.0.1:9/pixel';
        document.body.append(image);
        """);
    assertThat(browser.script("return window.ran === undefined").asBoolean()).isTrue();
    assertThat(browser.script("return window.forbidden.filter(f => f === 'types').length").asInt())
        .isEqualTo(2);
    Eventually.until(
        "the image is forbidden",
        () -> browser.script("return window.forbidden.includes('img-src')").asBoolean());
  }

  @Test
  void forgetsATokenThatTheServiceRefuses() {
    browser.script("sessionStorage.setItem('sluice.token', 'not.a.token')");
    browser.open("http://127.0.0.1:" + port + "/console/#/runs/" + UUID.randomUUID());
    browser.reload();
    browser.awaitText("h1", "Sign in");
    assertThat(browser.script("return sessionStorage.length").asInt()).isZero();
  }

  @Test
  void saysThatThisServiceHandsOutNoTokens() {
    browser.click("#sign-out");
    browser.awaitText("h1", "Sign in");
    browser.click("#development");
    browser.awaitText("[role=alert]", "hands out no tokens");
  }

  @Test
  void saysThatARunDoesNotExistAndSignsOut() {
    browser.open("http://127.0.0.1:" + port + "/console/#/runs/" + UUID.randomUUID());
    browser.awaitText("[role=alert]", "There is no run with this id");
    browser.click("#sign-out");
    browser.awaitText("h1", "Sign in");
    assertThat(browser.script("return sessionStorage.length").asInt()).isZero();
    assertThat(browser.script("return document.cookie").asString()).isEmpty();
  }
}

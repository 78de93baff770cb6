package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files, as anybody gets them. */
class ConsoleFilesTest extends ApiTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/",
        "/console/index.html",
        "/console/app.js",
        "/console/run.js",
        "/console/console.css",
        "/console/icon.svg",
        "/console/pico/pico.min.css"
      })
  void areServedToAnybodyUnderAStrictPolicyAndWithoutACookie(String path) {
    Reply file = get(path).send();

    assertThat(file.status()).isEqualTo(200);
    assertThat(file.header("Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .contains("require-trusted-types-for 'script'")
        .doesNotContain("unsafe");
    assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(file.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(file.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(file.header("Set-Cookie")).isEmpty();
  }

  @Test
  void areFoundWithoutTheLastSlash() {
    Reply redirect = get("/console").send();
    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("Location")).isEqualTo("/console/");
  }

  @Test
  void areAllThatIsServedThere() {
    get("/console/nothing.js").send().isProblem(ProblemCode.NOT_FOUND);
    get("/console/ConsoleConfiguration.class").send().isProblem(ProblemCode.NOT_FOUND);
    get("/console/pico/../../api/api.properties").send().isProblem(ProblemCode.INVALID_REQUEST);
    get("/console/%2e%2e/api/api.properties").send().isProblem(ProblemCode.INVALID_REQUEST);
    assertThat(post("/console/index.html").body("{}").send().status()).isEqualTo(401);
    post("/console/index.html")
        .as("U1001", "withdrawals")
        .body("{}")
        .send()
        .isProblem(ProblemCode.METHOD_NOT_ALLOWED);
  }
}

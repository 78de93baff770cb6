package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A fuzzer that can't find anything proves nothing: each kind of wrong answer is found. */
class ChecksTest {
  private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";
  private static final Operation GET =
      new Operation(
          "GET",
          "/v1/withdrawals/{id}",
          List.of(),
          "",
          null,
          Set.of("200", "404"),
          Set.of("withdrawals"));

  private final Pool pool = new Pool();
  private final Checks checks = new Checks(pool, Map.of(GET.name(), GET));

  private static Shot shot(String caller) {
    return new Shot(
        GET.name(),
        caller,
        "GET",
        "/v1/withdrawals/" + ID,
        "HTTP/1.1",
        List.of(),
        new byte[0],
        true,
        true);
  }

  private List<String> found(String caller, int status, String type, String body) {
    return checks.of(
        shot(caller),
        new Wire.Answer(status, Map.of("content-type", type), body, Duration.ofMillis(1)));
  }

  private static String problem(int status, String code) {
    return "{\"type\":\"x\",\"title\":\"t\",\"status\":%d,\"code\":\"%s\"}".formatted(status, code);
  }

  @Test
  void acceptsWhatIsRight() {
    assertThat(found("A", 200, "application/json", "{\"id\":\"" + ID + "\"}")).isEmpty();
    assertThat(found("A", 404, "application/problem+json", problem(404, "NOT_FOUND"))).isEmpty();
  }

  @Test
  void findsServerErrors() {
    assertThat(found("A", 500, "application/problem+json", problem(500, "INTERNAL")))
        .contains("status 500");
    assertThat(found("A", 503, "application/problem+json", problem(503, "UNAVAILABLE")))
        .contains("status 503");
    assertThat(found("A", 429, "application/problem+json", problem(429, "OVERLOADED")))
        .contains("too much, and no Retry-After");
  }

  @Test
  void findsInsides() {
    assertThat(found("A", 400, "application/problem+json", "java.lang.IllegalStateException"))
        .contains("the answer shows insides of the service");
  }

  @Test
  void findsErrorsThatAreNoProblems() {
    assertThat(found("A", 404, "text/html", "<html>")).singleElement().asString().contains("html");
    assertThat(found("A", 417, "application/problem+json", problem(400, "INVALID_REQUEST")))
        .contains("a problem without its status, code and title");
  }

  @Test
  void findsWhatIsAnothers() {
    pool.harvest(
        shot("B"), Json.MAPPER.readTree("{\"id\":\"%s\",\"userId\":\"berta-7319\"}".formatted(ID)));
    assertThat(found("A", 200, "application/json", "{}"))
        .contains("one user got at what is another's: " + ID);
    assertThat(found("A", 200, "application/json", "{\"holderName\":\"Berta Wqxzvik\"}"))
        .contains("the answer to one user shows what is another's: Berta Wqxzvik");
    assertThat(found("B", 200, "application/json", "{\"holderName\":\"Berta Wqxzvik\"}")).isEmpty();
  }

  @Test
  void findsCardNumbersTokensAndStatusesThatNobodyDocumented() {
    assertThat(found("A", 200, "application/json", "6222081234564711"))
        .contains("the answer shows a whole card number");
    assertThat(found("FORGED", 200, "application/json", "{}"))
        .contains("a token that is not to be believed was");
    assertThat(found("A", 302, "text/html", "")).singleElement().asString().contains("documented");
    assertThat(found("A", 0, "", "")).containsExactly("no answer at all");
  }

  @Test
  void findsWhatWasMadeTwice() {
    Shot withdraw =
        new Shot(
            "POST /v1/withdrawals",
            "A",
            "POST",
            "/",
            "HTTP/1.1",
            List.of(),
            new byte[0],
            true,
            true);
    Wire.Answer one = new Wire.Answer(201, Map.of(), "{\"id\":\"a\"}", Duration.ZERO);
    Wire.Answer other = new Wire.Answer(201, Map.of(), "{\"id\":\"b\"}", Duration.ZERO);
    assertThat(checks.ofDuplicates(withdraw, List.of(one, other))).hasSize(1);
  }
}

package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fuzzer on every build: a fixed seed, and whatever once found something. */
class FuzzTest {
  private static final long SEED = 20260105;
  private static final long REQUESTS = 6_000;
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  @TempDir static Path work;
  private static Target target;

  @BeforeAll
  static void start() {
    target = new Target(work);
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  @Test
  void findsNothing() {
    Fuzzer.Outcome outcome = new Fuzzer(target, System.out, false).run(SEED, REQUESTS, AT_MOST);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.requests()).isGreaterThan(500);
    assertThat(outcome.answers().keySet()).containsAll(outcome.documented());
    assertThat(outcome.neverSucceeded())
        .doesNotContain(
            "POST /v1/withdrawals", "POST /v1/withdrawal-batches", "POST /v1/statements");
  }

  /** With more headers than are read. */
  private static Shot flooded(Shot shot) {
    Shot flooded = shot;
    for (int i = 0; i < 120; i++) {
      flooded = flooded.with("X-" + i, "1");
    }
    return flooded;
  }

  /** Requests that the fuzzer once found something with. */
  static Stream<Shot> found() {
    Shot plain =
        new Shot(
            "GET /v1/withdrawals",
            "A",
            "GET",
            "/v1/withdrawals",
            "HTTP/1.1",
            List.of(),
            new byte[0],
            false,
            true);
    return Stream.of(
        plain.with("Expect", "x"),
        plain.with("Expect", "\u00e4\u00ff"),
        plain.with("Transfer-Encoding", "gzip, chunked"),
        plain.withVersion("HTTP/2.0"),
        flooded(plain.withVersion("HTTP/9.9")));
  }

  @ParameterizedTest
  @MethodSource("found")
  void findsNothingWhereItOnceDid(Shot shot) {
    Fuzzer fuzzer = new Fuzzer(target, System.out, false);
    fuzzer.shoot(shot);
    assertThat(fuzzer.findings()).isEmpty();
  }
}

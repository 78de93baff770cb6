package dev.sluice.channel.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The expected signatures were computed with {@code printf … | openssl dgst -sha256 -hmac …}, so
 * that no code of ours stands on both sides.
 */
class BankSignatureTest {
  private static final String NUMBER = "0193f3a0c0de7000800000000000beef";
  private static final String TIMESTAMP = "1700000000";
  private static final byte[] BODY = "{\"status\":\"PAID\"}".getBytes(StandardCharsets.UTF_8);
  private static final String REPLY_SIGNATURE =
      "7d3aab1f7fb0c5b4d20f5523212a1650de72e531bd94c6649e5748e9643e666d";
  private static final String QUERY_SIGNATURE =
      "5f9b2d0a2085c9014d3af01f2fd2e2b98511db775947fcb5ee71a2e9969c3d3d";

  private final BankSignature signature = at(Long.parseLong(TIMESTAMP));

  @Test
  void signsAQueryAsAnyHmacToolDoes() {
    assertThat(signature.sign(TIMESTAMP, "GET /payouts/" + NUMBER, new byte[0]))
        .isEqualTo(QUERY_SIGNATURE);
  }

  @Test
  void takesAReplyThatAnyHmacToolSigned() {
    assertThat(signature.flaw(TIMESTAMP, REPLY_SIGNATURE, NUMBER, BODY)).isNull();
  }

  @Test
  void refusesWhatIsMissingMalformedOrMadeWithTheOtherKey() {
    assertThat(signature.flaw(null, REPLY_SIGNATURE, NUMBER, BODY)).isEqualTo("UNSIGNED");
    assertThat(signature.flaw(TIMESTAMP, null, NUMBER, BODY)).isEqualTo("UNSIGNED");
    assertThat(signature.flaw("+1700000000", REPLY_SIGNATURE, NUMBER, BODY))
        .isEqualTo("BAD_TIMESTAMP");
    assertThat(signature.flaw(TIMESTAMP, signature.sign(TIMESTAMP, NUMBER, BODY), NUMBER, BODY))
        .isEqualTo("BAD_SIGNATURE");
    assertThat(signature.flaw(TIMESTAMP, "", NUMBER, BODY)).isEqualTo("BAD_SIGNATURE");
  }

  @Test
  void refusesTheSameSignatureInAnotherSpelling() {
    String upper = REPLY_SIGNATURE.toUpperCase(Locale.ROOT);

    assertThat(signature.flaw(TIMESTAMP, upper, NUMBER, BODY)).isEqualTo("BAD_SIGNATURE");
  }

  @Test
  void takesFiveMinutesEitherWayAndNoMore() {
    long then = Long.parseLong(TIMESTAMP);

    assertThat(at(then + 300).flaw(TIMESTAMP, REPLY_SIGNATURE, NUMBER, BODY)).isNull();
    assertThat(at(then - 300).flaw(TIMESTAMP, REPLY_SIGNATURE, NUMBER, BODY)).isNull();
    assertThat(at(then + 301).flaw(TIMESTAMP, REPLY_SIGNATURE, NUMBER, BODY)).isEqualTo("STALE");
    assertThat(at(then - 301).flaw(TIMESTAMP, REPLY_SIGNATURE, NUMBER, BODY)).isEqualTo("STALE");
  }

  private static BankSignature at(long epochSecond) {
    BankSettings settings =
        BankTestSettings.of(
            URI.create("http://127.0.0.1:1"),
            "M-1001",
            "a request secret for tests",
            "a reply secret for tests!!",
            Duration.ofSeconds(1));
    return new BankSignature(
        settings, Clock.fixed(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC));
  }
}

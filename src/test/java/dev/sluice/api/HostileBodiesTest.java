package dev.sluice.api;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are no strict JSON object in UTF-8 of at most 64 KiB. */
class HostileBodiesTest extends HostileApiTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "5",
        "\"text\"",
        "{",
        "{}}",
        "{} {}",
        "{'userId':'U1'}",
        "{userId:\"U1\"}",
        "{\"userId\":\"U1\",}",
        "{\"amount\":NaN}",
        "{\"amount\":Infinity}",
        "{\"amount\":+1}",
        "{\"amount\":01}",
        "{\"amount\":.5}",
        "{\"amount\":0x1}",
        "{\"amount\":1} // comment",
        "/* comment */{}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\u0000\"}",
        "{\"amount\":1,\"amount\":2}",
        "{\"amount\":1,\"\\u0061mount\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "\uFEFF{}"
      })
  void refusesWhatIsNotOneStrictJsonObject(String body) {
    for (Target target : List.of(WITHDRAW, ACCOUNT, BENEFICIARY, ENDPOINT)) {
      send(target, body).isProblem(ProblemCode.INVALID_REQUEST);
    }
  }

  @Test
  void refusesDeepNesting() {
    for (int depth : List.of(21, 1000, 30_000)) {
      String nested = "[".repeat(depth) + "]".repeat(depth);
      send(WITHDRAW, "{\"note\":" + nested + "}").isProblem(ProblemCode.INVALID_REQUEST);
    }
  }

  @Test
  void refusesBodiesOver64KiBHoweverTheyAreFramed() {
    byte[] large =
        ("{\"note\":\"" + "x".repeat(65 * 1024) + "\"}").getBytes(StandardCharsets.UTF_8);
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(large))
        .send()
        .isProblem(ProblemCode.PAYLOAD_TOO_LARGE);
    call(WITHDRAW)
        .body(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))
        .send()
        .isProblem(ProblemCode.PAYLOAD_TOO_LARGE);
    byte[] spaces = (" ".repeat(64 * 1024 - 2) + "{}").getBytes(StandardCharsets.UTF_8);
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(spaces))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] right = WITHDRAW.with("note", "\"x\"").getBytes(StandardCharsets.UTF_8);
    for (byte[] wrong :
        List.of(
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0xC0, (byte) 0x80}, // NUL, overlong
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // a lone surrogate
            new byte[] {(byte) 0xE4, (byte) 0xBD})) { // cut off
      String text = new String(right, StandardCharsets.ISO_8859_1);
      byte[] body =
          text.replace("\"x\"", "\"" + new String(wrong, StandardCharsets.ISO_8859_1) + "\"")
              .getBytes(StandardCharsets.ISO_8859_1);
      call(WITHDRAW)
          .body(BodyPublishers.ofByteArray(body))
          .send()
          .isProblem(ProblemCode.INVALID_REQUEST);
    }
    call(WITHDRAW)
        .body(BodyPublishers.ofByteArray(right.clone()))
        .header("Content-Type", "application/json; charset=UTF-16")
        .send()
        .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    call(WITHDRAW)
        .body(BodyPublishers.ofString(WITHDRAW.without(""), StandardCharsets.UTF_16))
        .send()
        .isProblem(ProblemCode.INVALID_REQUEST);
    call(WITHDRAW)
        .header("Content-Encoding", "gzip")
        .body(WITHDRAW.without(""))
        .send()
        .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json-patch+json",
        "nonsense"
      })
  void takesJsonOnly(String type) {
    for (Target target : List.of(WITHDRAW, ACCOUNT, BENEFICIARY, ENDPOINT)) {
      call(target)
          .header("Content-Type", type)
          .body(target.without(""))
          .send()
          .isProblem(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }
  }
}

package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final int LONGEST = 8;

  @Test
  void passesOverEmptyLinesAndNeedsNoEndOfTheLast() throws IOException {
    assertThat(lines("a\n\n \t\r\nb\n\nc")).containsExactly("a", "b", "c");
  }

  @Test
  void returnsOneByteMoreOfALineThatIsTooLong() throws IOException {
    assertThat(lines("a\n" + "x".repeat(20) + "\n")).startsWith("a", "x".repeat(LONGEST + 1));
  }

  /** Found by the fuzzer: spaces alone, more than a line may have, and no end in sight. */
  @Test
  void returnsALineOfSpacesThatIsTooLongInsteadOfPassingOverIt() throws IOException {
    for (int spaces = LONGEST + 1; spaces < 30; spaces++) {
      assertThat(lines(" ".repeat(spaces))).first().isEqualTo(" ".repeat(LONGEST + 1));
      assertThat(lines(" ".repeat(spaces) + "\nb")).first().isEqualTo(" ".repeat(LONGEST + 1));
    }
  }

  private static List<String> lines(String text) throws IOException {
    Lines lines =
        new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), LONGEST);
    List<String> all = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      all.add(new String(line, StandardCharsets.UTF_8));
    }
    return all;
  }
}

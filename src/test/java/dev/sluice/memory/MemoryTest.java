package dev.sluice.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final int MOST = 100;

  private final Memory<Integer, String> memory = new Memory<>(MOST);

  @Test
  void findsWhatWasPutLastUntilItIsForgotten() {
    memory.put(1, "one");
    memory.put(1, "another");
    assertThat(memory.find(1)).contains("another");

    memory.forget(1);

    assertThat(memory.find(1)).isEmpty();
  }

  @Test
  void isBounded() {
    IntStream.range(0, 50 * MOST).forEach(i -> memory.put(i, "x"));

    assertThat(memory.size()).isLessThanOrEqualTo(MOST);
  }

  /** Only a sample of the look-ups counts, but what is used again and again is in it. */
  @Test
  void keepsWhatIsUsedWhileOthersComeAndGo() {
    memory.put(-1, "used");
    for (int i = 0; i < 50 * MOST; i++) {
      memory.put(i, "x");
      IntStream.range(0, 16).forEach(n -> memory.find(-1));
    }

    assertThat(memory.find(-1)).contains("used");
  }

  @Test
  void takesUpWhatIsUsedNow() {
    IntStream.range(0, MOST).forEach(i -> memory.put(i, "old"));
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < MOST; i++) {
        int key = 1_000 + i;
        if (memory.find(key).isEmpty()) {
          memory.put(key, "new");
        }
      }
    }

    assertThat(IntStream.range(1_000, 1_000 + MOST).filter(i -> memory.find(i).isPresent()).count())
        .isGreaterThan(MOST * 8 / 10);
  }
}

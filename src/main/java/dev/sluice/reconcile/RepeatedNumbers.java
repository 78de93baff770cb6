package dev.sluice.reconcile;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Finds request numbers that stand in a file more than once, in 8 to 24 bytes a line: a set of 64
 * bits of each. Two numbers that share these bits by chance are only looked at more closely.
 */
final class RepeatedNumbers {
  private static final int MOST_SLOTS = 1 << 28;

  private final Set<UUID> repeated = new HashSet<>();
  private long[] slots = new long[1 << 12];
  private int size;

  void add(UUID number) {
    long hash = mix(number.getMostSignificantBits() ^ mix(number.getLeastSignificantBits()));
    if (!insert(slots, hash == 0 ? 1 : hash)) {
      repeated.add(number);
    } else if (++size > slots.length / 4 * 3 && slots.length < MOST_SLOTS) {
      long[] larger = new long[slots.length * 2];
      Arrays.stream(slots).filter(h -> h != 0).forEach(h -> insert(larger, h));
      slots = larger;
    }
  }

  Set<UUID> repeated() {
    return repeated;
  }

  private static boolean insert(long[] table, long hash) {
    int at = (int) (hash >>> 1) & (table.length - 1);
    while (table[at] != 0) {
      if (table[at] == hash) {
        return false;
      }
      at = (at + 1) & (table.length - 1);
    }
    table[at] = hash;
    return true;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

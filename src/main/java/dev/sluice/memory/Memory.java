package dev.sluice.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;

/**
 * What an instance has seen lately, bounded in number: what is used least goes.
 *
 * <p>Which that is follows from a sample of the look-ups. Each one that counts moves its entry in
 * lists of old objects, all over the heap, and the collector then reads all those places again:
 * with 100,000 entries and some thousand orders a second its pauses were twice as long, and one
 * order in sixty met one.
 *
 * @param <K> by what it is found
 * @param <V> what is remembered, which should change in place rather than be put anew
 */
public final class Memory<K, V> {
  /** One look-up of so many counts; a power of two. */
  private static final int SAMPLE = 64;

  private final Cache<K, V> entries;
  private int lookUps; // not exact when several count at once, which does no harm

  /**
   * An empty memory.
   *
   * @param most entries
   */
  public Memory(int most) {
    this.entries = Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
  }

  /** What is remembered under a key. */
  public Optional<V> find(K key) {
    return Optional.ofNullable(
        (lookUps++ & (SAMPLE - 1)) == 0
            ? entries.getIfPresent(key)
            : entries.policy().getIfPresentQuietly(key));
  }

  /** Remembers, instead of what stood there. */
  public void put(K key, V value) {
    entries.put(key, value);
  }

  /** What stands under a key may not be so. */
  public void forget(K key) {
    entries.invalidate(key);
  }

  /** How many it remembers, once what is too many has gone. */
  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }
}

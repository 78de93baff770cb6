package dev.sluice.chaos;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** When the system last showed signs of life, so that the time to recover can be told. */
final class Pulse {
  /** Somebody's withdrawal was accepted by this instance: with its side appended. */
  static final String ACCEPTED = "accepted-";

  /** The merchant was told of a final state: the whole way works. */
  static final String SETTLED = "settled";

  private final Map<String, NavigableSet<Long>> beats = new ConcurrentHashMap<>();

  void beat(String what) {
    beats.computeIfAbsent(what, w -> new ConcurrentSkipListSet<>()).add(System.nanoTime());
  }

  /** How long after this moment the next sign came; null if none did. */
  @Nullable Duration after(String what, long nanoTime) {
    NavigableSet<Long> all = beats.get(what);
    Long next = all == null ? null : all.ceiling(nanoTime);
    return next == null ? null : Duration.ofNanos(next - nanoTime);
  }
}

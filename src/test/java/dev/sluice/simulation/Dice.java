package dev.sluice.simulation;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The one source of chance in a history: the same seed throws the same. */
final class Dice {
  private final RandomGenerator random;

  Dice(long seed) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** From 0 to {@code bound} - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  long between(long low, long high) {
    return random.nextLong(low, high + 1);
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** A seed for a generator of someone else. */
  long seed() {
    return random.nextLong();
  }
}

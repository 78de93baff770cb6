package dev.sluice;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * SplitMix64 for all threads together, without a lock: ids are made on the hot path and need to
 * differ, not to be secret. The start and the step are from {@link SecureRandom}, so that instances
 * differ, too. (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014.)
 */
final class SharedRandom implements RandomGenerator {
  private final AtomicLong state;
  private final long step;

  SharedRandom() {
    SecureRandom seed = new SecureRandom();
    this.state = new AtomicLong(seed.nextLong());
    this.step = seed.nextLong() | 1; // odd: all 2^64 states come before one returns
  }

  @Override
  public long nextLong() {
    long z = state.getAndAdd(step);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

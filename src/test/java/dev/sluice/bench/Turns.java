package dev.sluice.bench;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Fair turns at the database for the baseline's many workers. The pool alone is not fair: beside
 * those that ask again at once, others would wait until they give up.
 */
final class Turns {
  /** Of the pool's 16 connections; the others are left to those who accept. */
  private static final int AT_ONCE = 12;

  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  <T> T take(Supplier<T> work) {
    turns.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      turns.release();
    }
  }
}

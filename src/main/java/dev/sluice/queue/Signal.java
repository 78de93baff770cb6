package dev.sluice.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells workers of this instance that work was committed, so that they needn't wait for their next
 * look. Only a hint: workers look by themselves, too.
 */
public final class Signal {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Adds someone to tell; it must not block. */
  public void subscribe(Runnable listener) {
    listeners.add(listener);
  }

  /** Tells all. */
  public void fire() {
    listeners.forEach(Runnable::run);
  }
}

package dev.sluice.queue;

import org.springframework.context.SmartLifecycle;

/** Waits, at its phase of stopping, for work that is under way. */
public final class Drain implements SmartLifecycle {
  private final int phase;
  private final Runnable drain;
  private volatile boolean running;

  /** Runs {@code drain} when the service stops; it must bound its own time. */
  public Drain(int phase, Runnable drain) {
    this.phase = phase;
    this.drain = drain;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    drain.run();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return phase;
  }
}

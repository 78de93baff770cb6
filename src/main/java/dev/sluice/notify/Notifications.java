package dev.sluice.notify;

import java.time.Instant;
import java.util.List;

/** Placeholder until the notify branch is merged. */
public class Notifications {
  /** Queues notices. */
  public void enqueue(List<Notice> notices, Instant at) {}

  /** Wakes the deliverer. */
  public void wake() {}
}

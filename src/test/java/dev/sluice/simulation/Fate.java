package dev.sluice.simulation;

import org.jspecify.annotations.Nullable;

/** What is going to happen to an instance, and when: at its n-th commit or call from now. */
final class Fate {
  private @Nullable Fault fault;
  private int left;

  /** Whether something waits to happen. */
  boolean isPlanned() {
    return fault != null;
  }

  void plan(Fault what, int after) {
    fault = what;
    left = after;
  }

  void clear() {
    fault = null;
  }

  /** Called at each commit: what happens at this one, if anything does. */
  @Nullable Fault atCommit() {
    return switch (fault) {
      case null -> null;
      case DIED_BEFORE_COMMIT,
          DIED_AFTER_COMMIT,
          CONNECTION_LOST_BEFORE_COMMIT,
          CONNECTION_LOST_AFTER_COMMIT,
          DEADLOCK,
          PAUSED_AFTER_COMMIT ->
          next();
      default -> null;
    };
  }

  /** Called at each call to a channel or receiver: what happens at this one, if anything does. */
  @Nullable Fault atCall() {
    return switch (fault) {
      case null -> null;
      case DIED_BEFORE_CALL, DIED_AFTER_CALL, PAUSED_IN_CALL -> next();
      default -> null;
    };
  }

  private @Nullable Fault next() {
    if (--left > 0) {
      return null;
    }
    Fault now = fault;
    fault = null;
    return now;
  }
}

package dev.sluice.simulation;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a simulated history throws on purpose, so that nobody takes it for a mistake. */
final class Injected {
  private Injected() {}

  /** The instance is gone. An error, so that no handler of the engine runs in a dead process. */
  static final class ProcessDied extends Error {
    ProcessDied() {
      super("the instance died", null, false, false);
    }
  }

  /** The database connection or transaction failed. */
  static final class DatabaseFailed extends SQLException {
    DatabaseFailed(String message, String sqlState) {
      super(message, sqlState);
    }
  }

  /** A bug in a channel's client. */
  static final class ClientBroke extends RuntimeException {
    ClientBroke() {
      super("a modelled bug of a channel's client", null, false, false);
    }
  }

  /** What something was caused by in the end. */
  static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      root = t;
    }
    return root;
  }

  /** Whether this, or what caused it, was thrown on purpose. */
  static boolean is(@Nullable Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof ProcessDied || t instanceof DatabaseFailed || t instanceof ClientBroke) {
        return true;
      }
    }
    return false;
  }
}

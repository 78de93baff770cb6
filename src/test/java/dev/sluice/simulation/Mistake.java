package dev.sluice.simulation;

import dev.sluice.channel.Channel;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * A mistake that is planted into the engine from outside: at its channels, in its statements, or
 * after its commits, and by taking away what the database would refuse.
 */
class Mistake {
  static final Mistake NONE = new Mistake();

  /** What an instance is doing just now. */
  static final class Situation {
    boolean inBatch;
    String callback = "";
    Instant now = Instant.EPOCH;
  }

  /** What the database no longer refuses. */
  List<String> removedDefences() {
    return List.of();
  }

  /** The channels as the mistaken engine sees them. */
  List<Channel> channels(List<Channel> lines) {
    return lines;
  }

  /** A statement as the mistaken engine sends it. */
  String rewritten(String sql, Situation situation) {
    return sql;
  }

  /** What the mistaken engine does after a commit. */
  void afterCommit(Connection connection) throws SQLException {}
}

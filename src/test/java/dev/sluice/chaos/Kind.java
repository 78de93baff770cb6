package dev.sluice.chaos;

import java.util.Locale;

/** What can be done to the system, and where. */
enum Kind {
  KILL("kill -9, then start again", Where.PROCESS),
  FREEZE("SIGSTOP beyond every timeout, then SIGCONT", Where.PROCESS),
  KILL_SESSION("kill -9 one session of PostgreSQL, which restarts all", Where.DATABASE),
  FULL_POOL("tables locked until every connection of the pools waits", Where.DATABASE),
  FULL_SERVER("all connections that PostgreSQL has are used up", Where.DATABASE),
  DISK_REFUSES("PostgreSQL's writes are refused, as on a full disk", Where.DATABASE),
  DROP("connections reset", Where.LINK),
  CUT("connections reset, and no new ones for a while", Where.LINK),
  DELAY("what is sent arrives 30 s late", Where.LINK),
  HALF_OPEN("what is sent is lost, and connections stay open", Where.LINK),
  RESET_AFTER_REQUEST("requests arrive, connections are reset at the answer", Where.LINK);

  private final String words;
  private final Where where;

  Kind(String words, Where where) {
    this.words = words;
    this.where = where;
  }

  /** What a fault is done to. */
  enum Where {
    PROCESS,
    DATABASE,
    LINK
  }

  String words() {
    return words;
  }

  Where where() {
    return where;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

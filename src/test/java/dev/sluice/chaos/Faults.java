package dev.sluice.chaos;

import dev.sluice.support.ChildProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Does the faults of a plan, and notes what came of each. */
final class Faults {
  /** More than PostgreSQL has. */
  private static final int MOST_CONNECTIONS = 60;

  private static final int FEWEST_TAKEN = 25;
  private static final long FEW_BYTES = 64;

  private final Site site;
  private final Bankers bankers;
  private final Map<Kind, List<Fired>> fired = new EnumMap<>(Kind.class);
  private final List<String> notArranged = new ArrayList<>();

  /**
   * A fault that was done.
   *
   * @param startedNanos when it began, by {@link System#nanoTime}
   * @param endedNanos when it was over, by {@link System#nanoTime}
   */
  record Fired(Plan.Step step, long startedNanos, long endedNanos) {}

  Faults(Site site, Bankers bankers) {
    this.site = site;
    this.bankers = bankers;
  }

  /** Does it, and returns when it is over and what was killed runs again. */
  void fire(Plan.Step step) {
    long started = System.nanoTime();
    boolean done =
        switch (step.kind()) {
          case KILL -> kill(step);
          case FREEZE -> freeze(step);
          case KILL_SESSION -> killSession();
          case FULL_POOL -> lockTables(step.lasts());
          case FULL_SERVER -> useUpConnections(step.lasts());
          case DISK_REFUSES -> refuseWrites(step.lasts());
          case DROP -> {
            site.link(step.target()).drop();
            yield true;
          }
          case CUT -> trouble(step, Link.Trouble.CUT);
          case DELAY -> trouble(step, Link.Trouble.DELAYED);
          case HALF_OPEN -> trouble(step, Link.Trouble.HALF_OPEN);
          case RESET_AFTER_REQUEST -> trouble(step, Link.Trouble.RESET_AFTER_REQUEST);
        };
    synchronized (fired) {
      if (done) {
        fired
            .computeIfAbsent(step.kind(), k -> new ArrayList<>())
            .add(new Fired(step, started, System.nanoTime()));
      } else {
        notArranged.add(step.toString());
      }
    }
  }

  /** What was done so far, by kind. */
  Map<Kind, List<Fired>> fired() {
    synchronized (fired) {
      Map<Kind, List<Fired>> copy = new EnumMap<>(Kind.class);
      fired.forEach((kind, all) -> copy.put(kind, List.copyOf(all)));
      return copy;
    }
  }

  int count() {
    return fired().values().stream().mapToInt(List::size).sum();
  }

  /** What could not be done on this machine. */
  List<String> notArranged() {
    synchronized (fired) {
      return List.copyOf(notArranged);
    }
  }

  private boolean kill(Plan.Step step) {
    site.process(step.target()).kill();
    pause(step.lasts());
    startAgain(step.target());
    return true;
  }

  void startAgain(String name) {
    site.startAgain(name);
    if (name.equals("bank")) {
      bankers.teachHabits();
    }
  }

  private boolean freeze(Plan.Step step) {
    ChildProcess process = site.process(step.target());
    process.freeze();
    pause(step.lasts());
    process.thaw();
    return true;
  }

  private boolean killSession() {
    boolean killed = site.database().process().killOneChild();
    site.database().awaitReady();
    return killed;
  }

  /** Whoever wants to write waits, with its connection, until none is left in the pools. */
  private boolean lockTables(Duration lasts) {
    try (Connection connection = site.database().connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // One table, that whatever is written has to do with: two could deadlock with the service.
      statement.execute("lock table withdrawal in exclusive mode");
      pause(lasts);
      connection.rollback();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean useUpConnections(Duration lasts) {
    List<Connection> taken = new ArrayList<>();
    try {
      long until = System.nanoTime() + lasts.toNanos();
      while (System.nanoTime() < until) {
        if (taken.size() == FEWEST_TAKEN) {
          site.link("database-a").drop(); // so that the pools need new ones
          site.link("database-b").drop();
        }
        try {
          if (taken.size() < MOST_CONNECTIONS) {
            taken.add(site.database().connect());
          }
        } catch (SQLException e) {
          pause(Duration.ofMillis(100)); // none is left just now: take the next one that is freed
        }
      }
      return !taken.isEmpty();
    } finally {
      for (Connection connection : taken) {
        try {
          connection.close();
        } catch (SQLException e) {
          // gone already
        }
      }
    }
  }

  private boolean refuseWrites(Duration lasts) {
    boolean arranged = site.database().refuseWritesBeyond(FEW_BYTES);
    if (arranged) {
      pause(lasts);
    }
    site.database().takeWritesAgain();
    return arranged;
  }

  private boolean trouble(Plan.Step step, Link.Trouble trouble) {
    Link link = site.link(step.target());
    link.suffer(trouble, Plan.DELAY);
    pause(step.lasts());
    link.heal();
    return true;
  }

  static void pause(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}

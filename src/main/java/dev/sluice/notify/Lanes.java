package dev.sluice.notify;

import dev.sluice.notify.DeliveryStore.Due;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was claimed and waits for its turn: a short queue per endpoint, served in turns, so that a
 * slow endpoint fills its own lane and no other. A lane that fails narrows to half, down to one
 * call at a time; one that succeeds widens again. So dead endpoints hold one place each and no
 * more.
 */
final class Lanes {
  /** Deliveries in a lane per call that may run there: enough that claims come in batches. */
  private static final int DEPTH = 4;

  private final int concurrency;
  private final int widest;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final Map<UUID, Lane> lanes = new HashMap<>();
  private final Queue<Lane> turns = new ArrayDeque<>();
  private int running;
  private boolean closed;

  Lanes(int concurrency, int perEndpoint) {
    this.concurrency = concurrency;
    this.widest = Math.min(perEndpoint, concurrency);
  }

  private static final class Lane {
    final Queue<Due> waiting = new ArrayDeque<>();
    int width;
    int running;

    /** Claimed and not yet recorded, so also what has ended: it bounds the memory. */
    int outstanding;

    Lane(int width) {
      this.width = width;
    }
  }

  /** How many to claim for each of these endpoints; lanes that are half full are left out. */
  Map<UUID, Integer> places(Collection<UUID> endpoints) {
    lock.lock();
    try {
      lanes
          .entrySet()
          .removeIf(e -> e.getValue().outstanding == 0 && !endpoints.contains(e.getKey()));
      Map<UUID, Integer> places = new LinkedHashMap<>();
      for (UUID id : endpoints) {
        Lane lane = lane(id);
        if (!closed && lane.outstanding <= lane.width * DEPTH / 2) {
          places.put(id, lane.width * DEPTH - lane.outstanding);
        }
      }
      return places;
    } finally {
      lock.unlock();
    }
  }

  void add(List<Due> claimed) {
    lock.lock();
    try {
      for (Due due : claimed) {
        Lane lane = lane(due.endpointId());
        lane.outstanding++;
        lane.waiting.add(due);
        if (lane.waiting.size() == 1) {
          turns.add(lane);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next delivery that may start now, or null. Whoever takes it must call {@link #ended}. */
  @Nullable Due next() {
    lock.lock();
    try {
      if (closed || running >= concurrency) {
        return null;
      }
      for (int i = turns.size(); i > 0; i--) {
        Lane lane = turns.remove();
        Due due = lane.running < lane.width ? lane.waiting.poll() : null;
        if (!lane.waiting.isEmpty()) {
          turns.add(lane);
        }
        if (due != null) {
          lane.running++;
          running++;
          return due;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** A call went well or didn't: its lane widens or narrows. */
  void went(Due due, boolean well) {
    lock.lock();
    try {
      Lane lane = lane(due.endpointId());
      lane.width = well ? Math.min(widest, lane.width * 2) : Math.max(1, lane.width / 2);
    } finally {
      lock.unlock();
    }
  }

  /** What {@link #next} handed out has ended, whether it was sent or not. */
  void ended(Due due) {
    lock.lock();
    try {
      lane(due.endpointId()).running--;
      running--;
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The database knows how these ended; their places are free. */
  void recorded(Collection<Due> dues) {
    lock.lock();
    try {
      dues.forEach(due -> lane(due.endpointId()).outstanding--);
    } finally {
      lock.unlock();
    }
  }

  /** How many are claimed and not yet recorded. */
  int outstanding() {
    lock.lock();
    try {
      return lanes.values().stream().mapToInt(lane -> lane.outstanding).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Starts nothing more, waits for what runs, and returns what never ran. */
  List<Due> close(long nanos) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      long left = nanos;
      while (running > 0 && left > 0) {
        left = quiet.awaitNanos(left);
      }
      List<Due> unsent = new ArrayList<>();
      for (Lane lane : lanes.values()) {
        unsent.addAll(lane.waiting);
        lane.waiting.clear();
      }
      turns.clear();
      return unsent;
    } finally {
      lock.unlock();
    }
  }

  private Lane lane(UUID endpointId) {
    return lanes.computeIfAbsent(endpointId, _ -> new Lane(widest));
  }
}

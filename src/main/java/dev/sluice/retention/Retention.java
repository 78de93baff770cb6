package dev.sluice.retention;

import dev.sluice.retention.RetentionStore.Late;
import dev.sluice.retention.RetentionStore.Walk;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Archives what only tells of finished orders, a batch in each transaction.
 *
 * <p>Ids of orders grow with time, so the job walks along them once and never looks at the past
 * again. An order that isn't finished when the walk passes is remembered and looked at later. What
 * happens to an order after it was archived begins with a channel's message, so a second walk,
 * along the messages that are still there when they are old, finds those.
 */
public final class Retention {
  private final RetentionStore store;
  private final ArchiveStore archive;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final RetentionSettings settings;
  private final RetentionMetrics metrics;

  /** The job on these tables; to be run by a worker. */
  public Retention(
      JdbcTemplate jdbc,
      TransactionOperations transactions,
      Clock clock,
      RetentionSettings settings,
      MeterRegistry metrics) {
    this.store = new RetentionStore(jdbc);
    this.archive = new ArchiveStore(jdbc);
    this.transactions = transactions;
    this.clock = clock;
    this.settings = settings;
    this.metrics = new RetentionMetrics(clock, metrics);
  }

  /** What a batch did. */
  private record Batch(int looked, int archived, Walk reached, int left) {}

  /**
   * Archives one batch.
   *
   * @return how many orders and messages were looked at; 0 when nothing is old enough, or when
   *     another instance has a batch under way
   */
  public int runOnce() {
    Batch batch = transactions.execute(_ -> batch());
    if (batch == null) {
      return 0;
    }
    metrics.ran(batch.archived, batch.reached.orderId(), batch.left);
    return batch.looked;
  }

  private @Nullable Batch batch() {
    Walk walk = store.lockWalk();
    if (walk == null) {
      return null;
    }
    Instant now = clock.instant();
    Instant before = now.minus(settings.keep());
    List<UUID> again = store.leftUntil(now, settings.batch());
    List<UUID> next = store.orders(walk.orderId(), firstIdOf(before), settings.batch());
    Set<UUID> looked = new LinkedHashSet<>(again);
    looked.addAll(next);
    int archived = looked.isEmpty() ? 0 : archiveOf(looked, before, now);

    // Only once all orders are passed: then hardly any message is left that is as old.
    List<Late> late =
        next.size() < settings.batch()
            ? store.messages(walk.messageId(), firstIdOf(before), settings.batch())
            : List.of();
    store.leave(store.archivedAmong(late), now);

    Walk reached =
        new Walk(
            next.isEmpty() ? walk.orderId() : next.getLast(),
            late.isEmpty() ? walk.messageId() : late.getLast().id());
    if (!reached.equals(walk)) {
      store.pass(reached);
    }
    return new Batch(
        again.size() + next.size() + late.size(), archived, reached, store.countLeft());
  }

  /** Archives those that are due, remembers the others, and says how many were archived. */
  private int archiveOf(Set<UUID> looked, Instant before, Instant now) {
    List<UUID> locked = store.lockOrders(looked);
    store.lockDeliveries(locked);
    List<UUID> due = store.due(locked, before);
    int archived = archive.move(due, now);
    store.forget(due);
    Set<UUID> notDue = new HashSet<>(looked);
    due.forEach(notDue::remove);
    store.leave(new ArrayList<>(notDue), now.plus(settings.lookAgain()));
    return archived;
  }

  /** What no id of this millisecond is below: ids begin with their time (UUID version 7). */
  private static UUID firstIdOf(Instant time) {
    return new UUID(time.toEpochMilli() << 16, 0);
  }
}

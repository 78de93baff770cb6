package dev.sluice.retention;

import dev.sluice.database.Columns;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** How far the job has come, what it left behind, and what is due. */
final class RetentionStore {
  /** Counting stops here: a gauge need not know more. */
  private static final int MOST_COUNTED = 100_000;

  private final JdbcTemplate jdbc;

  RetentionStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** The last order and the last message that were looked at. */
  record Walk(UUID orderId, UUID messageId) {}

  /** A message that is still there when it is old. */
  record Late(UUID id, @Nullable UUID withdrawalId) {}

  /** Locks the walk; null if another instance has it. */
  @Nullable Walk lockWalk() {
    return jdbc
        .query(
            """
            select order_id, message_id from retention_walk where only_one for update skip locked
            """,
            (row, n) -> new Walk(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
        .stream()
        .findFirst()
        .orElse(null);
  }

  void pass(Walk reached) {
    jdbc.update(
        "update retention_walk set order_id = ?, message_id = ? where only_one",
        reached.orderId(),
        reached.messageId());
  }

  List<UUID> orders(UUID after, UUID before, int limit) {
    return jdbc.query(
        "select id from withdrawal where id > ? and id < ? order by id limit ?",
        (row, n) -> row.getObject(1, UUID.class),
        after,
        before,
        limit);
  }

  List<Late> messages(UUID after, UUID before, int limit) {
    return jdbc.query(
        """
        select id, withdrawal_id from channel_message where id > ? and id < ? order by id limit ?
        """,
        (row, n) -> new Late(row.getObject(1, UUID.class), row.getObject(2, UUID.class)),
        after,
        before,
        limit);
  }

  /** The orders of these messages that have an archive already. */
  List<UUID> archivedAmong(List<Late> messages) {
    if (messages.isEmpty()) {
      return List.of();
    }
    return jdbc.query(
        """
        select o.withdrawal_id from archived_order o
         where o.withdrawal_id = any (?) and o.part = 1
        """,
        ps -> Columns.of(ps, messages).uuid(Late::withdrawalId),
        (row, n) -> row.getObject(1, UUID.class));
  }

  /** Locks these orders, but for those that others work on. */
  List<UUID> lockOrders(Collection<UUID> ids) {
    return jdbc.query(
        "select id from withdrawal where id = any (?) order by id for update skip locked",
        ps -> Columns.of(ps, ids).uuid(id -> id),
        (row, n) -> row.getObject(1, UUID.class));
  }

  /**
   * Locks these orders' deliveries, which a person may ask to send again at any moment. Pending
   * ones are left to who sends them.
   */
  void lockDeliveries(Collection<UUID> ids) {
    jdbc.query(
        """
        select d.endpoint_id
          from notification n
         cross join webhook_endpoint e
         cross join lateral (select d.endpoint_id
                               from notification_delivery d
                              where d.endpoint_id = e.id and d.notification_id = n.id
                                and d.state <> 'PENDING'
                                for update) d
         where n.withdrawal_id = any (?)
        """,
        ps -> Columns.of(ps, ids).uuid(id -> id),
        (row, n) -> row.getObject(1, UUID.class));
  }

  /**
   * Those of these locked orders that are finished in every respect and to which nothing has
   * happened since {@code before}.
   *
   * <p>With {@code offset 0} each question stays one look-up by index per order: the planner can't
   * make a join of it that reads a whole index of what is kept for ever.
   */
  List<UUID> due(Collection<UUID> ids, Instant before) {
    OffsetDateTime at = before.atOffset(ZoneOffset.UTC);
    return jdbc.query(
        """
        select w.id
          from (select ?::timestamptz as before) t
         cross join withdrawal w
         where w.id = any (?)
           and w.status in ('SUCCESS', 'FAILED', 'CANCELLED', 'REFUNDED')
           and w.updated_at < t.before
           and not exists (select 1 from payout_attempt a where a.withdrawal_id = w.id
                              and (a.state not in ('PAID', 'REFUSED') or a.due_at is not null)
                           offset 0)
           and not exists (select 1 from review_case c where c.withdrawal_id = w.id
                              and (c.state <> 'RESOLVED' or c.resolved_at >= t.before) offset 0)
           and not exists (select 1 from contradiction c where c.withdrawal_id = w.id
                              and c.state = 'ASKING' offset 0)
           and not exists (select 1 from compensation c where c.withdrawal_id = w.id
                              and c.state = 'PENDING' offset 0)
           and not exists (select 1 from statement_break b where b.withdrawal_id = w.id
                              and b.state <> 'CLOSED' offset 0)
           and not exists (select 1 from channel_message m where m.withdrawal_id = w.id
                              and (m.applied_at is null or m.applied_at >= t.before) offset 0)
           and not exists (select 1 from order_log l where l.withdrawal_id = w.id
                              and l.at >= t.before offset 0)
           and not exists (
               select 1
                 from notification n
                cross join webhook_endpoint e
                cross join lateral (select d.state, d.updated_at
                                      from notification_delivery d
                                     where d.endpoint_id = e.id and d.notification_id = n.id
                                    offset 0) d
                where n.withdrawal_id = w.id
                  and (d.state = 'PENDING' or d.updated_at >= t.before)
               offset 0)
         order by w.id
        """,
        ps -> {
          ps.setObject(1, at);
          Columns.of(ps, ids, 2).uuid(id -> id);
        },
        (row, n) -> row.getObject(1, UUID.class));
  }

  /** Orders that were left and are to be looked at again. */
  List<UUID> leftUntil(Instant now, int limit) {
    return jdbc.query(
        """
        select withdrawal_id from retention_left where again_at <= ?
         order by again_at limit ?
        """,
        (row, n) -> row.getObject(1, UUID.class),
        now.atOffset(ZoneOffset.UTC),
        limit);
  }

  void leave(Collection<UUID> ids, Instant againAt) {
    if (ids.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        insert into retention_left (again_at, withdrawal_id) select ?::timestamptz, unnest(?)
        on conflict (withdrawal_id) do update set again_at = excluded.again_at
        """,
        ps -> Columns.of(ps, ids).same(againAt).uuid(id -> id));
  }

  void forget(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return;
    }
    jdbc.update(
        "delete from retention_left where withdrawal_id = any (?)",
        ps -> Columns.of(ps, ids).uuid(id -> id));
  }

  int countLeft() {
    Integer count =
        jdbc.queryForObject(
            """
            select count(*)
              from (select 1 from retention_left order by withdrawal_id limit ?) counted
            """,
            Integer.class,
            MOST_COUNTED);
    return count == null ? 0 : count;
  }
}

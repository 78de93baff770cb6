package dev.sluice.retention;

import dev.sluice.database.Columns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The archive's tables, and moving rows into them. Deliveries are found by their whole key,
 * endpoint by endpoint; {@code offset 0} keeps the planner from reading a whole index instead.
 */
final class ArchiveStore {
  private final JdbcTemplate jdbc;

  ArchiveStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A table whose rows move.
   *
   * @param select an order's id and one of its rows as JSON with all its columns
   */
  private record Moving(String table, String select, String delete) {}

  /** In the order in which they are deleted: deliveries are their notification's. */
  private static final List<Moving> TABLES =
      List.of(
          new Moving(
              Document.HISTORY,
              """
              select withdrawal_id, row_to_json(h)::text from withdrawal_history h
               where withdrawal_id = any (?) order by withdrawal_id, version
              """,
              "delete from withdrawal_history where withdrawal_id = any (?)"),
          new Moving(
              Document.MESSAGES,
              // One that was kept for later a moment ago isn't part of it: deleting it is refused.
              """
              select withdrawal_id, row_to_json(m)::text from channel_message m
               where withdrawal_id = any (?) and applied_at is not null
               order by withdrawal_id, id
              """,
              "delete from channel_message where withdrawal_id = any (?)"),
          new Moving(
              Document.LOG,
              """
              select withdrawal_id, row_to_json(l)::text from order_log l
               where withdrawal_id = any (?) order by withdrawal_id, id
              """,
              "delete from order_log where withdrawal_id = any (?)"),
          new Moving(
              Document.DELIVERIES,
              """
              select n.withdrawal_id, row_to_json(d)::text
                from notification n
               cross join webhook_endpoint e
               cross join lateral (select *
                                     from notification_delivery d
                                    where d.endpoint_id = e.id and d.notification_id = n.id
                                   offset 0) d
               where n.withdrawal_id = any (?)
               order by n.withdrawal_id, d.notification_id, d.endpoint_id
              """,
              """
              delete from notification_delivery
               where ctid = any (array (
                     select d.ctid
                       from notification n
                      cross join webhook_endpoint e
                      cross join lateral (select d.ctid
                                            from notification_delivery d
                                           where d.endpoint_id = e.id
                                             and d.notification_id = n.id
                                          offset 0) d
                      where n.withdrawal_id = any (?)))
              """),
          new Moving(
              Document.NOTIFICATIONS,
              """
              select withdrawal_id, row_to_json(n)::text from notification n
               where withdrawal_id = any (?) order by withdrawal_id, version
              """,
              "delete from notification where withdrawal_id = any (?)"));

  /**
   * Moves what tells of these orders into the archive, in the caller's transaction, which has
   * locked them. A row that comes meanwhile makes the database refuse: a part says how many rows it
   * holds.
   *
   * @return how many of them had anything to move
   */
  int move(List<UUID> orders, Instant at) {
    if (orders.isEmpty()) {
      return 0;
    }
    Map<UUID, Document> documents = new HashMap<>();
    for (Moving moving : TABLES) {
      jdbc.query(
          moving.select,
          ps -> Columns.of(ps, orders).uuid(id -> id),
          row -> {
            documents
                .computeIfAbsent(row.getObject(1, UUID.class), id -> new Document())
                .add(moving.table, row.getString(2));
          });
    }
    List<Map.Entry<UUID, Document>> parts = new ArrayList<>(documents.entrySet());
    insert(parts, at);
    insertDedups(orders);
    for (Moving moving : TABLES) {
      jdbc.update(moving.delete, ps -> Columns.of(ps, orders).uuid(id -> id));
    }
    return parts.size();
  }

  private void insert(Collection<Map.Entry<UUID, Document>> parts, Instant at) {
    if (parts.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        insert into archived_order (archived_at, withdrawal_id, part, status, version, moves,
               messages, decisions, notices, deliveries, content)
        select ?::timestamptz, w.id,
               1 + coalesce((select max(part) from archived_order o where o.withdrawal_id = w.id), 0),
               w.status, w.version, a.moves, a.messages, a.decisions, a.notices, a.deliveries,
               a.content
          from unnest(?, ?, ?, ?, ?, ?, ?)
               as a (id, moves, messages, decisions, notices, deliveries, content)
         cross join lateral (select id, status, version from withdrawal
                              where id = a.id offset 0) w
        """,
        ps ->
            Columns.of(ps, parts)
                .same(at)
                .uuid(Map.Entry::getKey)
                .integer(a -> a.getValue().count(Document.HISTORY))
                .integer(a -> a.getValue().count(Document.MESSAGES))
                .integer(a -> a.getValue().count(Document.LOG))
                .integer(a -> a.getValue().count(Document.NOTIFICATIONS))
                .integer(a -> a.getValue().count(Document.DELIVERIES))
                .bytes(a -> a.getValue().compressed()));
  }

  /** What was taken once stays known, so that the same message does nothing again. */
  private void insertDedups(List<UUID> orders) {
    jdbc.update(
        """
        insert into archived_message (dedup)
        select dedup from channel_message where withdrawal_id = any (?) and dedup is not null
        on conflict (dedup) do nothing
        """,
        ps -> Columns.of(ps, orders).uuid(id -> id));
  }

  /** An order's parts, the first one first. */
  List<byte[]> contents(UUID withdrawalId) {
    return jdbc.query(
        "select content from archived_order where withdrawal_id = ? order by part",
        (row, n) -> row.getBytes(1),
        withdrawalId);
  }

  int parts(UUID withdrawalId) {
    Integer parts =
        jdbc.queryForObject(
            "select coalesce(max(part), 0) from archived_order where withdrawal_id = ?",
            Integer.class,
            withdrawalId);
    return parts == null ? 0 : parts;
  }
}

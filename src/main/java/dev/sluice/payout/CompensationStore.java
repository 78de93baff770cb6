package dev.sluice.payout;

import dev.sluice.database.Columns;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tables of decided compensations and of the orders' log. */
final class CompensationStore {
  private final JdbcTemplate jdbc;

  CompensationStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Which way an order's recovery goes. */
  enum Direction {
    FORWARD,
    BACKWARD,
    STOPPED
  }

  /** A decision of an order's recovery. */
  record LogEntry(
      UUID id, UUID withdrawalId, Direction direction, String what, String why, Instant at) {}

  void log(List<LogEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        insert into order_log (id, withdrawal_id, direction, what, why, at)
        select * from unnest(?, ?, ?, ?, ?, ?)
        """,
        ps ->
            Columns.of(ps, entries)
                .uuid(LogEntry::id)
                .uuid(LogEntry::withdrawalId)
                .text(e -> e.direction().name())
                .text(LogEntry::what)
                .text(LogEntry::why)
                .time(LogEntry::at));
  }

  List<LogEntry> logOf(UUID withdrawalId, int limit) {
    return jdbc.query(
        """
        select id, direction, what, why, at from order_log where withdrawal_id = ?
         order by id limit ?
        """,
        (row, n) ->
            new LogEntry(
                row.getObject("id", UUID.class),
                withdrawalId,
                Direction.valueOf(row.getString("direction")),
                row.getString("what"),
                row.getString("why"),
                row.getTimestamp("at").toInstant()),
        withdrawalId,
        limit);
  }

  /** A release to be done. */
  record Compensation(UUID withdrawalId, String code, String actor, int tries) {}

  /** Decides releases; one that was decided before stays as it is, unless it was stopped. */
  void decide(List<Compensation> compensations, Instant at) {
    if (compensations.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        insert into compensation (withdrawal_id, code, actor, state, due_at, logged_at, updated_at)
        select c.id, c.code, c.actor, 'PENDING', t.at, t.at, t.at
          from (select ?::timestamptz as at) t, unnest(?, ?, ?) as c (id, code, actor)
        on conflict (withdrawal_id) do update
           set state = 'PENDING', tries = 0, due_at = excluded.due_at, code = excluded.code,
               actor = excluded.actor, updated_at = excluded.updated_at
         where compensation.state = 'STOPPED'
        """,
        ps ->
            Columns.of(ps, compensations)
                .same(at)
                .uuid(Compensation::withdrawalId)
                .text(Compensation::code)
                .text(Compensation::actor));
  }

  /** Orders whose release is due. */
  List<UUID> due(Instant now, int limit) {
    return jdbc.query(
        """
        select withdrawal_id from compensation where state = 'PENDING' and due_at <= ?
         order by due_at, withdrawal_id limit ?
        """,
        (row, n) -> row.getObject(1, UUID.class),
        now.atOffset(ZoneOffset.UTC),
        limit);
  }

  /**
   * In the caller's transaction: locks a pending one; empty if it isn't, or another works on it.
   */
  Optional<Compensation> lock(UUID withdrawalId) {
    return jdbc
        .query(
            """
            select code, actor, tries from compensation
             where withdrawal_id = ? and state = 'PENDING' for update skip locked
            """,
            (row, n) ->
                new Compensation(
                    withdrawalId,
                    row.getString("code"),
                    row.getString("actor"),
                    row.getInt("tries")),
            withdrawalId)
        .stream()
        .findFirst();
  }

  void done(UUID withdrawalId, Instant at) {
    jdbc.update(
        """
        update compensation set state = 'DONE', due_at = null, updated_at = ?
         where withdrawal_id = ?
        """,
        at.atOffset(ZoneOffset.UTC),
        withdrawalId);
  }

  /** Counts a failure and says how many there were. */
  int failed(UUID withdrawalId, Instant nextTry, Instant at) {
    List<Integer> tries =
        jdbc.query(
            """
            update compensation set tries = tries + 1, due_at = ?, updated_at = ?
             where withdrawal_id = ? and state = 'PENDING' returning tries
            """,
            (row, n) -> row.getInt(1),
            nextTry.atOffset(ZoneOffset.UTC),
            at.atOffset(ZoneOffset.UTC),
            withdrawalId);
    return tries.isEmpty() ? 0 : tries.getFirst();
  }

  void stop(Collection<UUID> withdrawalIds, Instant at) {
    if (withdrawalIds.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        update compensation set state = 'STOPPED', due_at = null, updated_at = ?
         where withdrawal_id = any (?) and state = 'PENDING'
        """,
        ps -> Columns.of(ps, withdrawalIds).same(at).uuid(id -> id));
  }
}

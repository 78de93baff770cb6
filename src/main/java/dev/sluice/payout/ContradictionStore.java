package dev.sluice.payout;

import dev.sluice.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of contradictions that channels are asked about. */
final class ContradictionStore {
  private final JdbcTemplate jdbc;

  ContradictionStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Opens those that aren't open; each is due at once. */
  void open(List<Contradiction> contradictions) {
    if (contradictions.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        insert into contradiction as k (attempt_id, withdrawal_id, channel, detail, state, due_at,
               opened_at, updated_at)
        select c.attempt_id, c.withdrawal_id, c.channel, c.detail, 'ASKING', c.at, c.at, c.at
          from unnest(?, ?, ?, ?, ?) as c (attempt_id, withdrawal_id, channel, detail, at)
        on conflict (attempt_id) do update
           set state = 'ASKING', detail = excluded.detail, asked = 0, due_at = excluded.due_at,
               opened_at = excluded.opened_at, updated_at = excluded.updated_at
         where k.state <> 'ASKING'
        """,
        ps ->
            Columns.of(ps, contradictions)
                .uuid(Contradiction::attemptId)
                .uuid(Contradiction::withdrawalId)
                .text(Contradiction::channel)
                .text(Contradiction::detail)
                .time(Contradiction::openedAt));
  }

  /** Those that are open, by attempt. */
  Map<UUID, Contradiction> open(Collection<UUID> attemptIds) {
    Map<UUID, Contradiction> found = new HashMap<>();
    jdbc.query(
        "select * from contradiction where attempt_id = any (?) and state = 'ASKING'",
        ps -> Columns.of(ps, attemptIds).uuid(id -> id),
        row -> {
          found.put(row.getObject("attempt_id", UUID.class), contradiction(row));
        });
    return found;
  }

  /** Whether a channel is being asked about this order. */
  boolean isAsking(UUID withdrawalId) {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            """
            select exists (select 1 from contradiction where withdrawal_id = ? and state = 'ASKING')
            """,
            Boolean.class,
            withdrawalId));
  }

  /** Claims those that are due for a question, and counts the question. */
  List<Contradiction> claimDue(Instant now, Instant leaseUntil, int limit) {
    List<Contradiction> claimed =
        jdbc.query(
            """
            update contradiction c
               set due_at = ?, asked = c.asked + 1
              from (select attempt_id from contradiction where state = 'ASKING' and due_at <= ?
                     order by due_at, attempt_id limit ? for update skip locked) d
             where c.attempt_id = d.attempt_id
            returning c.*
            """,
            (row, n) -> contradiction(row),
            leaseUntil.atOffset(ZoneOffset.UTC),
            now.atOffset(ZoneOffset.UTC),
            limit);
    claimed.sort(Comparator.comparing(Contradiction::attemptId));
    return claimed;
  }

  /** Asks again at a time. */
  void askAgain(UUID attemptId, Instant dueAt, Instant at) {
    jdbc.update(
        """
        update contradiction set due_at = ?, updated_at = ?
         where attempt_id = ? and state = 'ASKING'
        """,
        dueAt.atOffset(ZoneOffset.UTC),
        at.atOffset(ZoneOffset.UTC),
        attemptId);
  }

  /** Takes back a claim that came to no question: it doesn't count. */
  void notAsked(UUID attemptId, Instant dueAt) {
    jdbc.update(
        """
        update contradiction set due_at = ?, asked = asked - 1
         where attempt_id = ? and state = 'ASKING'
        """,
        dueAt.atOffset(ZoneOffset.UTC),
        attemptId);
  }

  void end(UUID attemptId, Contradiction.End end, Instant at) {
    jdbc.update(
        """
        update contradiction set state = ?, due_at = null, updated_at = ?
         where attempt_id = ? and state = 'ASKING'
        """,
        end.name(),
        at.atOffset(ZoneOffset.UTC),
        attemptId);
  }

  private static Contradiction contradiction(ResultSet row) throws SQLException {
    return new Contradiction(
        row.getObject("attempt_id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        row.getString("channel"),
        row.getString("detail"),
        row.getInt("asked"),
        row.getTimestamp("opened_at").toInstant());
  }
}

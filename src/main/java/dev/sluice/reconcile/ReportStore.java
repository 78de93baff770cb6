package dev.sluice.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Sums for reports. */
final class ReportStore {
  private final JdbcTemplate jdbc;

  ReportStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** What a run confirms of one currency beyond what matched outright. */
  record Matched(String currency, long lines, long minor) {}

  List<Matched> matched(UUID runId) {
    return jdbc.query(
        """
        select currency, count(*), sum(case kind when 'PAID' then amount else -amount end)
          from statement_line where run_id = ? and matched_attempt is not null group by currency
        """,
        (row, n) -> new Matched(row.getString(1), row.getLong(2), row.getLong(3)),
        runId);
  }

  /** Breaks of one kind, state and currency. */
  record Group(
      Break.Kind kind, Break.State state, String currency, long count, long risk, Instant oldest) {}

  List<Group> breaks(UUID runId) {
    return jdbc.query(
        """
        select kind, state, risk_currency, count(*), sum(risk_minor), min(opened_at)
          from statement_break where run_id = ? group by kind, state, risk_currency
         order by kind, state
        """,
        (row, n) ->
            new Group(
                Break.Kind.valueOf(row.getString(1)),
                Break.State.valueOf(row.getString(2)),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getTimestamp(6).toInstant()),
        runId);
  }

  /** A day of a source, for its trend. */
  record Day(LocalDate day, long lines, long breaks, long open) {}

  List<Day> trend(String source, LocalDate from) {
    return jdbc.query(
        """
        select r.business_date,
               (select coalesce(sum(paid_lines + returned_lines), 0) from statement_total t
                 where t.run_id = r.id),
               count(b.id), count(b.id) filter (where b.state <> 'CLOSED')
          from statement_run r left join statement_break b on b.run_id = r.id
         where r.source = ? and r.is_current and r.business_date >= ?
         group by r.id, r.business_date order by r.business_date
        """,
        (row, n) ->
            new Day(
                row.getObject(1, LocalDate.class), row.getLong(2), row.getLong(3), row.getLong(4)),
        source,
        from);
  }
}

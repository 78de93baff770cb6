package dev.sluice.reconcile;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tables of runs and their totals. */
final class RunStore {
  private final JdbcTemplate jdbc;

  RunStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * In the caller's transaction: nobody else works on this source until it ends. Doesn't wait: a
   * long statement takes minutes.
   *
   * @return false if somebody else does now
   */
  boolean lockSource(String source) {
    Boolean locked =
        jdbc.queryForObject(
            "select pg_try_advisory_xact_lock(hashtextextended('statement:' || ?, 0))",
            Boolean.class,
            source);
    return Boolean.TRUE.equals(locked);
  }

  /**
   * Whether what counts of a day is from a file whose turn came after this one's, which was held
   * up: what it says was corrected meanwhile.
   */
  boolean isOvertaken(UUID fileId, String source, LocalDate day) {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            """
            select exists (
                select 1 from statement_run r
                  join statement_file c on c.id = r.file_id
                  join statement_file f on f.id = ?
                 where r.source = ? and r.business_date = ? and r.is_current and c.turn > f.turn)
            """,
            Boolean.class,
            fileId,
            source,
            day));
  }

  /** The day's current run counts no longer. */
  void replaceCurrent(String source, LocalDate day) {
    jdbc.update(
        """
        update statement_run set is_current = false
         where source = ? and business_date = ? and is_current
        """,
        source,
        day);
  }

  /** The version of a day's next run. */
  int nextVersion(String source, LocalDate day) {
    Integer version =
        jdbc.queryForObject(
            """
            select coalesce(max(version), 0) + 1 from statement_run
             where source = ? and business_date = ?
            """,
            Integer.class,
            source,
            day);
    return version == null ? 1 : version;
  }

  void insert(StatementRun run) {
    jdbc.update(
        """
        insert into statement_run (id, file_id, source, channel, business_date, version, is_current,
               compared_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        run.id(),
        run.fileId(),
        run.source(),
        run.channel(),
        run.businessDate(),
        run.version(),
        run.current(),
        run.comparedAt().atOffset(ZoneOffset.UTC));
  }

  void insertTotal(UUID runId, Totals total) {
    jdbc.update(
        "insert into statement_total values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        runId,
        total.currency(),
        total.paidLines(),
        total.paidMinor(),
        total.refusedLines(),
        total.returnedLines(),
        total.returnedMinor(),
        total.feeLines(),
        total.feeMinor(),
        total.otherLines(),
        total.plainLines(),
        total.plainMinor(),
        total.oursCount(),
        total.oursMinor());
  }

  void finish(UUID runId, Instant at) {
    jdbc.update(
        "update statement_run set finished_at = ? where id = ? and finished_at is null",
        at.atOffset(ZoneOffset.UTC),
        runId);
  }

  Optional<StatementRun> byId(UUID id) {
    return jdbc.query("select * from statement_run where id = ?", (row, n) -> run(row), id).stream()
        .findFirst();
  }

  Optional<StatementRun> byFile(UUID fileId) {
    return jdbc
        .query(
            "select * from statement_run where file_id = ? order by version desc limit 1",
            (row, n) -> run(row),
            fileId)
        .stream()
        .findFirst();
  }

  List<StatementRun> page(@Nullable String source, @Nullable LocalDate before, int limit) {
    return jdbc.query(
        """
        select * from statement_run
         where (?::text is null or source = ?) and (?::date is null or business_date < ?)
         order by business_date desc, source, version desc limit ?
        """,
        (row, n) -> run(row),
        source,
        source,
        before,
        before,
        limit);
  }

  /** The days of a source that have a statement, within these. */
  Set<LocalDate> days(String source, LocalDate from, LocalDate to) {
    return new HashSet<>(
        jdbc.query(
            """
            select business_date from statement_run
             where source = ? and is_current and business_date between ? and ?
            """,
            (row, n) -> row.getObject(1, LocalDate.class),
            source,
            from,
            to));
  }

  List<Totals> totals(UUID runId) {
    return jdbc.query(
        "select * from statement_total where run_id = ? order by currency",
        (row, n) ->
            new Totals(
                row.getString("currency"),
                row.getLong("paid_lines"),
                row.getLong("paid_minor"),
                row.getLong("refused_lines"),
                row.getLong("returned_lines"),
                row.getLong("returned_minor"),
                row.getLong("fee_lines"),
                row.getLong("fee_minor"),
                row.getLong("other_lines"),
                row.getLong("plain_lines"),
                row.getLong("plain_minor"),
                row.getLong("ours_count"),
                row.getLong("ours_minor")),
        runId);
  }

  /**
   * How much of a currency is still to be moved from clearing to bank for a day: negative if too
   * much was moved for an earlier version of its statement.
   */
  record ToMove(UUID runId, String currency, long minor, int nextStep) {}

  List<ToMove> toMove(String source, List<LocalDate> days) {
    return jdbc.query(
        """
        with current_run as (
            select id, business_date from statement_run
             where source = ? and is_current and business_date = any (?)),
        matched as (
            select c.id, t.currency, t.plain_minor as minor
              from current_run c join statement_total t on t.run_id = c.id
            union all
            select c.id, l.currency, case l.kind when 'PAID' then l.amount else -l.amount end
              from current_run c join statement_line l on l.run_id = c.id
             where l.matched_attempt is not null),
        moved as (
            select c.id, x.currency,
                   case a.kind when 'BANK' then x.amount else -x.amount end as minor
              from current_run c
              join statement_run r on r.source = ? and r.business_date = c.business_date
              join transfer x on x.cause = r.id and x.kind = 'MATCH'
              join account a on a.id = x.credit_account),
        difference as (
            select id, currency, sum(minor) as minor
              from (select * from matched union all select id, currency, -minor from moved) d
             group by id, currency having sum(minor) <> 0)
        select d.id, d.currency, d.minor,
               (select coalesce(max(step), 0) + 1 from transfer where cause = d.id) as next_step
          from difference d order by d.id, d.currency
        """,
        ps -> {
          ps.setString(1, source);
          ps.setArray(2, ps.getConnection().createArrayOf("date", days.toArray()));
          ps.setString(3, source);
        },
        (row, n) ->
            new ToMove(
                row.getObject("id", UUID.class),
                row.getString("currency"),
                row.getLong("minor"),
                row.getInt("next_step")));
  }

  private static StatementRun run(ResultSet row) throws SQLException {
    java.sql.Timestamp finished = row.getTimestamp("finished_at");
    return new StatementRun(
        row.getObject("id", UUID.class),
        row.getObject("file_id", UUID.class),
        row.getString("source"),
        row.getString("channel"),
        row.getObject("business_date", LocalDate.class),
        row.getInt("version"),
        row.getBoolean("is_current"),
        row.getTimestamp("compared_at").toInstant(),
        finished == null ? null : finished.toInstant());
  }
}

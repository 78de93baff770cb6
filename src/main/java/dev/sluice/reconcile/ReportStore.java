package dev.sluice.reconcile;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

  /** Open breaks of a source. */
  record Open(long count, Instant oldest) {}

  Optional<Open> open(String source) {
    return jdbc
        .query(
            """
            select count(*), min(opened_at) from statement_break
             where source = ? and state <> 'CLOSED' having count(*) > 0
            """,
            (row, n) -> new Open(row.getLong(1), row.getTimestamp(2).toInstant()),
            source)
        .stream()
        .findFirst();
  }

  /** Payouts of one day and currency that no statement confirms yet. */
  record Pending(LocalDate day, String currency, long payouts, long minor) {}

  /**
   * Of the days whose statement is in: what is left in clearing of payouts that neither it nor
   * another confirms, after what came back and what people decided. A line that is more than the
   * payout it is matched to is of a bank's file of many.
   */
  List<Pending> unconfirmed(String source) {
    return jdbc.query(
        """
        with line as (
            select l.matched_attempt as attempt_id, l.reference, l.kind, l.amount,
                   l.kind = 'PAID' and l.attempt_id is null and l.amount > w.amount as of_many
              from statement_run c
              join statement_line l on l.run_id = c.id and l.matched_attempt is not null
              join payout_attempt a on a.id = l.matched_attempt
              join withdrawal w on w.id = a.withdrawal_id
             where c.source = ? and c.is_current),
        matched as (
            select attempt_id, sum(case kind when 'PAID' then amount else -amount end) as minor
              from line where not of_many group by attempt_id),
        batch as (select distinct reference from line where of_many),
        remaining as (
            select r.business_date, w.currency,
                   booked.minor - coalesce(m.minor, 0)
                       - case when b.reference is null then 0 else w.amount end as minor
              from statement_run r
              join statement_unconfirmed u on u.run_id = r.id
              join payout_attempt a on a.id = u.attempt_id
              join withdrawal w on w.id = a.withdrawal_id
              join account clearing on clearing.kind = 'CLEARING' and clearing.owner = r.channel
               and clearing.currency = w.currency
              left join matched m on m.attempt_id = a.id
              left join batch b on b.reference = a.channel_reference
             cross join lateral (
                   select sum(case when t.credit_account = clearing.id then t.amount else -t.amount end) as minor
                     from transfer t
                    where clearing.id in (t.credit_account, t.debit_account)
                      and t.cause = any (w.id || array(
                          select x.id from statement_break x
                           where x.attempt_id = a.id and x.source = r.source))) booked
             where r.source = ? and r.is_current)
        select business_date, currency, count(*), sum(minor) from remaining where minor <> 0
         group by business_date, currency order by business_date desc, currency
        """,
        (row, n) -> pending(row.getObject(1, LocalDate.class), row),
        source,
        source);
  }

  /**
   * Of a day whose statement isn't in: what we hold for paid, but for what came back and what the
   * statement of another day confirms.
   */
  List<Pending> paid(
      String source,
      String channel,
      @Nullable String currency,
      LocalDate day,
      Instant from,
      Instant to) {
    return jdbc.query(
        """
        select ?::date, currency, count(*), sum(minor)
          from (select w.currency, w.amount - coalesce(matched.minor, 0)
                       - case w.status when 'REFUNDED'
                         then (select t.amount from transfer t where t.cause = w.id and t.step = 4)
                         else 0 end as minor
                  from payout_attempt a
                  join withdrawal w on w.id = a.withdrawal_id
                  left join (
                       select l.matched_attempt as id,
                              sum(case l.kind when 'PAID' then l.amount else -l.amount end) as minor
                         from statement_line l join statement_run c on c.id = l.run_id
                        where l.home_date = ? and l.matched_attempt is not null
                          and c.source = ? and c.is_current
                        group by l.matched_attempt) matched on matched.id = a.id
                 where a.channel = ? and a.state = 'PAID' and a.updated_at >= ? and a.updated_at < ?
                   and w.currency = coalesce(?, w.currency)) d
         where minor <> 0
         group by currency order by currency
        """,
        (row, n) -> pending(day, row),
        day,
        day,
        source,
        channel,
        from.atOffset(ZoneOffset.UTC),
        to.atOffset(ZoneOffset.UTC),
        currency);
  }

  private static Pending pending(LocalDate day, ResultSet row) throws SQLException {
    return new Pending(day, row.getString(2), row.getLong(3), row.getLong(4));
  }
}

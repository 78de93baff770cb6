package dev.sluice.reconcile;

import dev.sluice.database.Columns;
import dev.sluice.money.Money;
import dev.sluice.withdrawal.WithdrawalState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The differences that runs found, with our side of them. */
final class FactStore {
  private final JdbcTemplate jdbc;

  FactStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Attempts that lines on these days name, in whichever version of their file, or that lines of
   * other days name and whose own day is {@code day}.
   */
  Set<UUID> linked(String source, LocalDate day, LocalDate from, LocalDate to) {
    return Set.copyOf(
        jdbc.query(
            """
            select l.attempt_id from statement_line l join statement_run r on r.id = l.run_id
             where r.source = ? and r.business_date between ? and ? and l.attempt_id is not null
            union
            select l.attempt_id from statement_line l join statement_run r on r.id = l.run_id
             where l.home_date = ? and r.source = ? and r.is_current and l.attempt_id is not null
            """,
            (row, n) -> row.getObject(1, UUID.class),
            source,
            from,
            to,
            day,
            source));
  }

  /** Attempts that the statements of these days, their own, don't confirm outright. */
  Set<UUID> unconfirmed(String source, LocalDate from, LocalDate to) {
    return Set.copyOf(
        jdbc.query(
            """
            select u.attempt_id from statement_unconfirmed u join statement_run r on r.id = u.run_id
             where r.source = ? and r.is_current and r.business_date between ? and ?
            """,
            (row, n) -> row.getObject(1, UUID.class),
            source,
            from,
            to));
  }

  /** Lines of current runs on these days, or about these attempts, in a fixed order. */
  List<Facts.Line> lines(String source, LocalDate from, LocalDate to, Collection<UUID> attempts) {
    return jdbc.query(
        """
        select l.*, r.business_date from statement_line l join statement_run r on r.id = l.run_id
         where r.source = ? and r.is_current
           and (r.business_date between ? and ? or l.attempt_id = any (?))
         order by r.business_date, l.line_no
        """,
        ps -> {
          ps.setString(1, source);
          ps.setObject(2, from);
          ps.setObject(3, to);
          ps.setArray(4, ps.getConnection().createArrayOf("uuid", attempts.toArray()));
        },
        (row, n) -> line(row));
  }

  Map<UUID, Facts.Unconfirmed> unconfirmed(String source, Collection<UUID> attempts) {
    Map<UUID, Facts.Unconfirmed> found = new HashMap<>();
    jdbc.query(
        """
        select u.attempt_id, u.run_id, r.business_date
          from statement_unconfirmed u join statement_run r on r.id = u.run_id
         where r.source = ? and r.is_current and u.attempt_id = any (?)
        """,
        ps -> {
          ps.setString(1, source);
          ps.setArray(2, ps.getConnection().createArrayOf("uuid", attempts.toArray()));
        },
        row -> {
          found.put(
              row.getObject("attempt_id", UUID.class),
              new Facts.Unconfirmed(
                  row.getObject("run_id", UUID.class),
                  row.getObject("business_date", LocalDate.class)));
        });
    return found;
  }

  Map<UUID, Facts.Ours> ours(Collection<UUID> attempts) {
    Map<UUID, Facts.Ours> found = new HashMap<>();
    jdbc.query(
        """
        select a.id, a.withdrawal_id, a.state, a.created_at, a.updated_at, a.channel_reference,
               w.status, w.amount, w.currency, b.masked, refund.amount as refunded, receivable.cause is not null as owed
          from payout_attempt a
          join withdrawal w on w.id = a.withdrawal_id
          join beneficiary b on b.id = w.beneficiary_id
          left join transfer refund on refund.cause = w.id and refund.step = 4
          left join transfer receivable on receivable.cause = w.id and receivable.step = 6
         where a.id = any (?)
        """,
        ps -> Columns.of(ps, attempts).uuid(id -> id),
        row -> {
          Facts.Ours ours = ours(row);
          found.put(ours.attemptId(), ours);
        });
    return found;
  }

  /** What evaluating a line came to. */
  record Outcome(UUID runId, int line, @Nullable LocalDate home, @Nullable UUID matchedAttempt) {}

  void write(List<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        update statement_line l
           set home_date = o.home::date, matched_attempt = o.attempt_id
          from unnest(?, ?, ?, ?) as o (run_id, line_no, home, attempt_id)
         where l.run_id = o.run_id and l.line_no = o.line_no
           and (l.home_date, l.matched_attempt) is distinct from (o.home::date, o.attempt_id)
        """,
        ps ->
            Columns.of(ps, outcomes)
                .uuid(Outcome::runId)
                .integer(Outcome::line)
                .text(o -> o.home() == null ? null : o.home().toString())
                .uuid(Outcome::matchedAttempt));
  }

  /** Lines of a run that don't match outright, as its report lists them. */
  List<Facts.Line> ofRun(UUID runId, int after, int limit) {
    return jdbc.query(
        """
        select l.*, r.business_date from statement_line l join statement_run r on r.id = l.run_id
         where l.run_id = ? and l.line_no > ? order by l.line_no limit ?
        """,
        (row, n) -> line(row),
        runId,
        after,
        limit);
  }

  /** One line of a run that doesn't match outright. */
  Optional<Facts.Line> line(UUID runId, int number) {
    return ofRun(runId, number - 1, 1).stream().filter(l -> l.number() == number).findFirst();
  }

  private static Facts.Line line(ResultSet row) throws SQLException {
    Timestamp booked = row.getTimestamp("booked_at");
    return new Facts.Line(
        row.getObject("run_id", UUID.class),
        row.getObject("business_date", LocalDate.class),
        row.getInt("line_no"),
        row.getObject("identity", UUID.class),
        Facts.Line.Kind.valueOf(row.getString("kind")),
        row.getObject("attempt_id", UUID.class),
        row.getString("request_text"),
        row.getString("reference"),
        Money.ofMinor(row.getLong("amount"), row.getString("currency")),
        new ShownNumber(row.getString("head"), row.getString("tail")),
        booked == null ? null : booked.toInstant(),
        row.getObject("matched_attempt", UUID.class));
  }

  private static Facts.Ours ours(ResultSet row) throws SQLException {
    String currency = row.getString("currency");
    long refunded = row.getLong("refunded");
    boolean wasRefunded = !row.wasNull();
    return new Facts.Ours(
        row.getObject("id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        switch (row.getString("state")) {
          case "PAID" -> Facts.Ours.State.PAID;
          case "REFUSED" -> Facts.Ours.State.REFUSED;
          default -> Facts.Ours.State.LIVE;
        },
        WithdrawalState.valueOf(row.getString("status")),
        Money.ofMinor(row.getLong("amount"), currency),
        row.getString("masked"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant(),
        row.getString("channel_reference"),
        wasRefunded ? Money.ofMinor(refunded, currency) : null,
        row.getBoolean("owed"));
  }
}

package dev.sluice.reconcile;

import dev.sluice.database.Columns;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of breaks. */
final class BreakStore {
  private final JdbcTemplate jdbc;
  private final Ids ids;

  BreakStore(JdbcTemplate jdbc, Ids ids) {
    this.jdbc = jdbc;
    this.ids = ids;
  }

  /** A break that waits for a person from now on. */
  record Opened(
      UUID id, @Nullable UUID withdrawalId, @Nullable UUID attemptId, String kind, String detail) {}

  /**
   * Writes breaks as the facts have them now, and returns those that a person must look at from now
   * on. What persons have closed stays closed.
   */
  List<Opened> write(String source, String channel, Collection<Drafts.Draft> drafts, Instant at) {
    if (drafts.isEmpty()) {
      return List.of();
    }
    return jdbc
        .query(
            """
            insert into statement_break as b (opened_at, source, channel, id, run_id, business_date, kind,
                   subject, attempt_id, withdrawal_id, line_no, ours_minor, ours_currency, theirs_minor,
                   theirs_currency, risk_minor, risk_currency, detail, wait_until, state)
            select ?, ?, ?, d.id, d.run_id, d.day::date, d.kind, d.subject, d.attempt_id, d.withdrawal_id,
                   d.line_no, d.ours_minor, d.ours_currency, d.theirs_minor, d.theirs_currency,
                   d.risk_minor, d.risk_currency, d.detail, d.wait_until::date,
                   case when d.wait_until is null then 'OPEN' else 'WAITING' end
              from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                   as d (id, run_id, day, kind, subject, attempt_id, withdrawal_id, line_no, ours_minor,
                         ours_currency, theirs_minor, theirs_currency, risk_minor, risk_currency, detail,
                         wait_until)
            on conflict (source, kind, subject) do update
               set run_id = excluded.run_id, business_date = excluded.business_date,
                   line_no = excluded.line_no, ours_minor = excluded.ours_minor,
                   ours_currency = excluded.ours_currency, theirs_minor = excluded.theirs_minor,
                   theirs_currency = excluded.theirs_currency, risk_minor = excluded.risk_minor,
                   risk_currency = excluded.risk_currency, detail = excluded.detail,
                   wait_until = excluded.wait_until, version = b.version + 1,
                   state = case b.state when 'OPEN' then 'OPEN' else excluded.state end,
                   decision = null, reason = null, closed_by = null, closed_at = null
             where (b.state <> 'CLOSED' or b.closed_by = 'system') and b.state <> 'PROPOSED'
               and (b.run_id, b.line_no, b.theirs_minor, b.theirs_currency, b.detail, b.wait_until, b.state)
                   is distinct from (excluded.run_id, excluded.line_no, excluded.theirs_minor,
                       excluded.theirs_currency, excluded.detail, excluded.wait_until,
                       case b.state when 'OPEN' then 'OPEN' else excluded.state end)
            returning new.id, new.withdrawal_id, new.attempt_id, new.kind, new.detail,
                      new.state = 'OPEN' and old.state is distinct from 'OPEN' as opened
            """,
            ps -> {
              ps.setObject(1, at.atOffset(ZoneOffset.UTC));
              ps.setString(2, source);
              ps.setString(3, channel);
              Columns.of(ps, drafts, 4)
                  .uuid(d -> ids.next())
                  .uuid(Drafts.Draft::runId)
                  .text(d -> d.day().toString())
                  .text(d -> d.kind().name())
                  .uuid(Drafts.Draft::subject)
                  .uuid(Drafts.Draft::attemptId)
                  .uuid(Drafts.Draft::withdrawalId)
                  .integer(Drafts.Draft::lineNo)
                  .bigint(d -> d.ours() == null ? null : d.ours().minor())
                  .text(d -> d.ours() == null ? null : d.ours().currency().getCurrencyCode())
                  .bigint(d -> d.theirs() == null ? null : d.theirs().minor())
                  .text(d -> d.theirs() == null ? null : d.theirs().currency().getCurrencyCode())
                  .bigint(d -> d.risk().minor())
                  .text(d -> d.risk().currency().getCurrencyCode())
                  .text(Drafts.Draft::detail)
                  .text(d -> d.waitUntil() == null ? null : d.waitUntil().toString());
            },
            (row, n) ->
                row.getBoolean("opened")
                    ? new Opened(
                        row.getObject("id", UUID.class),
                        row.getObject("withdrawal_id", UUID.class),
                        row.getObject("attempt_id", UUID.class),
                        row.getString("kind"),
                        row.getString("detail"))
                    : null)
        .stream()
        .filter(o -> o != null)
        .map(o -> (Opened) o)
        .toList();
  }

  /** Notes under which review case a break is asked about. */
  void setCase(UUID id, UUID caseId) {
    jdbc.update("update statement_break set case_id = ? where id = ?", caseId, id);
  }

  /** The review cases of these breaks. */
  List<UUID> cases(Collection<UUID> breaks) {
    return jdbc.query(
        "select case_id from statement_break where id = any (?) and case_id is not null",
        ps -> Columns.of(ps, breaks).uuid(id -> id),
        (row, n) -> row.getObject(1, UUID.class));
  }

  /** Breaks that aren't closed, on these days or about these attempts. */
  List<Break> open(String source, LocalDate from, LocalDate to, Collection<UUID> attempts) {
    return jdbc.query(
        """
        select * from statement_break
         where source = ? and state <> 'CLOSED'
           and (business_date between ? and ? or attempt_id = any (?))
        """,
        ps -> {
          ps.setString(1, source);
          ps.setObject(2, from);
          ps.setObject(3, to);
          ps.setArray(4, ps.getConnection().createArrayOf("uuid", attempts.toArray()));
        },
        (row, n) -> read(row));
  }

  void closeByRule(Collection<UUID> breaks, String decision, String reason, Instant at) {
    if (breaks.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        update statement_break
           set state = 'CLOSED', decision = ?, reason = ?, closed_by = 'system', closed_at = ?,
               proposed_by = null, version = version + 1
         where id = any (?) and state <> 'CLOSED'
        """,
        ps -> {
          ps.setString(1, decision);
          ps.setString(2, reason);
          ps.setObject(3, at.atOffset(ZoneOffset.UTC));
          ps.setArray(4, ps.getConnection().createArrayOf("uuid", breaks.toArray()));
        });
  }

  /** Days with breaks whose waiting may be over. */
  List<LocalDate> toLookAtAgain(String source, LocalDate today, int limit) {
    return jdbc.query(
        """
        select distinct b.business_date from statement_break b
         where b.source = ? and b.state = 'WAITING'
           and case when b.kind = 'MISSING_AT_CHANNEL'
                    then exists (select 1 from statement_run r where r.source = b.source
                                    and r.is_current and r.business_date = b.wait_until)
                    else b.wait_until < ? end
         order by b.business_date limit ?
        """,
        (row, n) -> row.getObject(1, LocalDate.class),
        source,
        today,
        limit);
  }

  /** Breaks decided to be returned to the user, where that hasn't happened. */
  List<Break> decidedToReturn(Instant since, int limit) {
    return jdbc.query(
        """
        select b.* from statement_break b
          join withdrawal w on w.id = b.withdrawal_id
         where b.state = 'CLOSED' and b.decision = 'RETURN_TO_USER' and b.closed_at > ?
           and w.status = 'SUCCESS'
         order by b.closed_at limit ?
        """,
        (row, n) -> read(row),
        since.atOffset(ZoneOffset.UTC),
        limit);
  }

  Optional<Break> byId(UUID id) {
    return jdbc
        .query("select * from statement_break where id = ?", (row, n) -> read(row), id)
        .stream()
        .findFirst();
  }

  Optional<Break> lock(UUID id) {
    return jdbc
        .query("select * from statement_break where id = ? for update", (row, n) -> read(row), id)
        .stream()
        .findFirst();
  }

  /** By the version that was locked: what persons decide. */
  void decide(Break to, @Nullable Instant proposedAt) {
    jdbc.update(
        """
        update statement_break
           set state = ?, decision = ?, reason = ?, proposed_by = ?, proposed_at = ?, closed_by = ?,
               closed_at = ?, version = version + 1
         where id = ?
        """,
        ps -> {
          ps.setString(1, to.state().name());
          ps.setString(2, to.decision());
          ps.setString(3, to.reason());
          ps.setString(4, to.proposedBy());
          ps.setObject(5, proposedAt == null ? null : proposedAt.atOffset(ZoneOffset.UTC));
          ps.setString(6, to.closedBy());
          ps.setObject(7, to.closedAt() == null ? null : to.closedAt().atOffset(ZoneOffset.UTC));
          ps.setObject(8, to.id());
        });
  }

  List<Break> page(
      @Nullable String source,
      @Nullable UUID runId,
      Break.@Nullable State state,
      @Nullable UUID after,
      int limit) {
    return jdbc.query(
        """
        select * from statement_break
         where (?::text is null or source = ?) and (?::uuid is null or run_id = ?)
           and (?::text is null or state = ?) and (?::uuid is null or id > ?)
         order by id limit ?
        """,
        (row, n) -> read(row),
        source,
        source,
        runId,
        runId,
        state == null ? null : state.name(),
        state == null ? null : state.name(),
        after,
        after,
        limit);
  }

  private static Break read(ResultSet row) throws SQLException {
    Timestamp closed = row.getTimestamp("closed_at");
    int line = row.getInt("line_no");
    boolean hasLine = !row.wasNull();
    return new Break(
        row.getObject("id", UUID.class),
        row.getString("source"),
        row.getString("channel"),
        row.getObject("run_id", UUID.class),
        row.getObject("business_date", LocalDate.class),
        Break.Kind.valueOf(row.getString("kind")),
        row.getObject("subject", UUID.class),
        row.getObject("attempt_id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        hasLine ? line : null,
        money(row, "ours"),
        money(row, "theirs"),
        Money.ofMinor(row.getLong("risk_minor"), row.getString("risk_currency")),
        row.getString("detail"),
        Break.State.valueOf(row.getString("state")),
        row.getObject("wait_until", LocalDate.class),
        row.getInt("version"),
        row.getString("decision"),
        row.getString("reason"),
        row.getString("proposed_by"),
        row.getString("closed_by"),
        row.getTimestamp("opened_at").toInstant(),
        closed == null ? null : closed.toInstant());
  }

  private static @Nullable Money money(ResultSet row, String side) throws SQLException {
    String currency = row.getString(side + "_currency");
    return currency == null ? null : Money.ofMinor(row.getLong(side + "_minor"), currency);
  }
}

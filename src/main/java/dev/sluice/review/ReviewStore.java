package dev.sluice.review;

import dev.sluice.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of review cases. */
final class ReviewStore {
  private final JdbcTemplate jdbc;

  ReviewStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  record NewRow(UUID id, ReviewCases.Question question) {}

  void insert(List<NewRow> rows, Instant at) {
    jdbc.update(
        """
        insert into review_case (id, withdrawal_id, attempt_id, kind, detail, opened_at)
        select n.*, ? from unnest(?, ?, ?, ?, ?) as n (id, withdrawal_id, attempt_id, kind, detail)
        on conflict (withdrawal_id, kind) where state <> 'RESOLVED' and withdrawal_id is not null
        do nothing
        """,
        ps ->
            Columns.of(ps, rows)
                .same(at)
                .uuid(NewRow::id)
                .uuid(r -> r.question().withdrawalId())
                .uuid(r -> r.question().attemptId())
                .text(r -> r.question().kind().name())
                .text(r -> r.question().detail()));
  }

  void insert(UUID id, ReviewCases.Question question, String evidence, Instant at) {
    jdbc.update(
        """
        insert into review_case (id, withdrawal_id, attempt_id, kind, detail, evidence, opened_at)
        values (?, ?, ?, ?, ?, ?::jsonb, ?)
        on conflict do nothing
        """,
        id,
        question.withdrawalId(),
        question.attemptId(),
        question.kind().name(),
        question.detail(),
        evidence,
        at.atOffset(ZoneOffset.UTC));
  }

  /** What was proposed about the case itself is dropped: it was decided elsewhere. */
  boolean resolve(UUID id, String decision, String reason, String actor, Instant at) {
    return jdbc.update(
            """
            update review_case
               set state = 'RESOLVED', version = version + 1, decision = ?, reason = ?,
                   resolved_by = ?, resolved_at = ?, proposed_by = null, proposed_at = null
             where id = ? and state <> 'RESOLVED'
            """,
            decision,
            reason,
            actor,
            at.atOffset(ZoneOffset.UTC),
            id)
        == 1;
  }

  boolean resolve(
      UUID withdrawalId,
      ReviewCase.Kind kind,
      String decision,
      @Nullable String reason,
      String actor,
      Instant at) {
    return jdbc.update(
            """
            update review_case
               set state = 'RESOLVED', version = version + 1, decision = ?, reason = ?,
                   resolved_by = ?, resolved_at = ?
             where withdrawal_id = ? and kind = ? and state <> 'RESOLVED'
            """,
            decision,
            reason,
            actor,
            at.atOffset(ZoneOffset.UTC),
            withdrawalId,
            kind.name())
        == 1;
  }

  Optional<ReviewCase> byId(UUID id) {
    return jdbc
        .query("select * from review_case where id = ?", (row, n) -> reviewCase(row), id)
        .stream()
        .findFirst();
  }

  Optional<ReviewCase> lock(UUID id) {
    return jdbc
        .query("select * from review_case where id = ? for update", (row, n) -> reviewCase(row), id)
        .stream()
        .findFirst();
  }

  /** Open and proposed cases, oldest first. */
  List<ReviewCase> open(@Nullable ReviewCase after, int limit) {
    return after == null
        ? jdbc.query(
            """
            select * from review_case where state <> 'RESOLVED' order by opened_at, id limit ?
            """,
            (row, n) -> reviewCase(row),
            limit)
        : jdbc.query(
            """
            select * from review_case
             where state <> 'RESOLVED' and (opened_at, id) > (?, ?)
             order by opened_at, id limit ?
            """,
            (row, n) -> reviewCase(row),
            after.openedAt().atOffset(ZoneOffset.UTC),
            after.id(),
            limit);
  }

  boolean propose(UUID id, int version, String decision, String reason, String actor, Instant at) {
    return jdbc.update(
            """
            update review_case
               set state = 'PROPOSED', version = version + 1, decision = ?, reason = ?,
                   proposed_by = ?, proposed_at = ?
             where id = ? and version = ? and state = 'OPEN'
            """,
            decision,
            reason,
            actor,
            at.atOffset(ZoneOffset.UTC),
            id,
            version)
        == 1;
  }

  boolean reopen(UUID id, int version) {
    return jdbc.update(
            """
            update review_case
               set state = 'OPEN', version = version + 1, decision = null, reason = null,
                   proposed_by = null, proposed_at = null
             where id = ? and version = ? and state = 'PROPOSED'
            """,
            id,
            version)
        == 1;
  }

  boolean approve(UUID id, int version, String actor, Instant at) {
    return jdbc.update(
            """
            update review_case
               set state = 'RESOLVED', version = version + 1, resolved_by = ?, resolved_at = ?
             where id = ? and version = ? and state = 'PROPOSED'
            """,
            actor,
            at.atOffset(ZoneOffset.UTC),
            id,
            version)
        == 1;
  }

  void log(UUID id, String action, String decision, String reason, String actor, Instant at) {
    jdbc.update(
        """
        insert into review_log (case_id, action, decision, reason, actor, at)
        values (?, ?, ?, ?, ?, ?)
        """,
        id,
        action,
        decision,
        reason,
        actor,
        at.atOffset(ZoneOffset.UTC));
  }

  List<ReviewCase> byWithdrawal(UUID withdrawalId) {
    return jdbc.query(
        "select * from review_case where withdrawal_id = ? order by opened_at, id",
        (row, n) -> reviewCase(row),
        withdrawalId);
  }

  long countOpen() {
    Long count =
        jdbc.queryForObject(
            "select count(*) from review_case where state <> 'RESOLVED'", Long.class);
    return count == null ? 0 : count;
  }

  private static ReviewCase reviewCase(ResultSet row) throws SQLException {
    Timestamp resolved = row.getTimestamp("resolved_at");
    return new ReviewCase(
        row.getObject("id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        row.getObject("attempt_id", UUID.class),
        ReviewCase.Kind.valueOf(row.getString("kind")),
        row.getString("detail"),
        ReviewCase.State.valueOf(row.getString("state")),
        row.getInt("version"),
        row.getString("decision"),
        row.getString("reason"),
        row.getString("proposed_by"),
        row.getString("resolved_by"),
        row.getTimestamp("opened_at").toInstant(),
        resolved == null ? null : resolved.toInstant());
  }
}

package dev.sluice.payout;

import dev.sluice.database.Columns;
import dev.sluice.payout.PayoutAttempt.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of payout attempts. */
final class AttemptStore {
  private final JdbcTemplate jdbc;

  AttemptStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  void insert(List<PayoutAttempt> attempts) {
    jdbc.update(
        """
        insert into payout_attempt (id, withdrawal_id, number, channel, request, state, sent_at,
               due_at, created_at, updated_at)
        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        ps ->
            Columns.of(ps, attempts)
                .uuid(PayoutAttempt::id)
                .uuid(PayoutAttempt::withdrawalId)
                .integer(PayoutAttempt::number)
                .text(PayoutAttempt::channel)
                .bytes(PayoutAttempt::request)
                .text(a -> a.state().name())
                .time(PayoutAttempt::sentAt)
                .time(PayoutAttempt::dueAt)
                .time(PayoutAttempt::createdAt)
                .time(PayoutAttempt::updatedAt));
  }

  /** The orders of these attempts; unknown attempts are left out. */
  Map<UUID, UUID> withdrawalsOf(Collection<UUID> attemptIds) {
    Map<UUID, UUID> found = new HashMap<>();
    jdbc.query(
        "select id, withdrawal_id from payout_attempt where id = any (?)",
        ps -> Columns.of(ps, attemptIds).uuid(id -> id),
        row -> {
          found.put(row.getObject("id", UUID.class), row.getObject("withdrawal_id", UUID.class));
        });
    return found;
  }

  List<PayoutAttempt> ofWithdrawals(Collection<UUID> withdrawalIds) {
    return jdbc.query(
        "select * from payout_attempt where withdrawal_id = any (?) order by withdrawal_id, number",
        ps -> Columns.of(ps, withdrawalIds).uuid(id -> id),
        (row, n) -> attempt(row));
  }

  /** What a message changes in an attempt. */
  record Change(
      UUID id,
      State state,
      @Nullable String code,
      @Nullable String reference,
      @Nullable Instant dueAt,
      @Nullable SealedHandOver handOver) {

    Change(
        UUID id,
        State state,
        @Nullable String code,
        @Nullable String reference,
        @Nullable Instant dueAt) {
      this(id, state, code, reference, dueAt, null);
    }
  }

  /** What the user's app is to be given, encrypted. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record SealedHandOver(String channel, byte[] sealed, Instant until) {}

  void change(List<Change> changes, Instant at) {
    jdbc.update(
        """
        update payout_attempt a
           set state = c.state, code = c.code, due_at = c.due_at, updated_at = ?,
               channel_reference = coalesce(c.reference, a.channel_reference),
               hand_over = case when c.state in ('PAID', 'REFUSED') then null
                                else coalesce(c.hand_over, a.hand_over) end,
               hand_over_until = case when c.state in ('PAID', 'REFUSED') then null
                                      else coalesce(c.hand_over_until, a.hand_over_until) end
          from unnest(?, ?, ?, ?, ?, ?, ?)
               as c (id, state, code, reference, due_at, hand_over, hand_over_until)
         where a.id = c.id
        """,
        ps ->
            Columns.of(ps, changes)
                .same(at)
                .uuid(Change::id)
                .text(c -> c.state().name())
                .text(Change::code)
                .text(Change::reference)
                .time(Change::dueAt)
                .bytes(c -> c.handOver() == null ? null : c.handOver().sealed())
                .time(c -> c.handOver() == null ? null : c.handOver().until()));
  }

  /** What an order's user's app is to be given now, if there is anything. */
  Optional<SealedHandOver> handOver(UUID withdrawalId, Instant now) {
    return jdbc
        .query(
            """
            select channel, hand_over, hand_over_until from payout_attempt
             where withdrawal_id = ? and state = 'ACCEPTED' and hand_over_until > ?
             order by number desc limit 1
            """,
            (row, n) ->
                new SealedHandOver(
                    row.getString("channel"),
                    row.getBytes("hand_over"),
                    row.getTimestamp("hand_over_until").toInstant()),
            withdrawalId,
            now.atOffset(ZoneOffset.UTC))
        .stream()
        .findFirst();
  }

  /**
   * Claims attempts that are due for a question, counts the question, and forgets what was to be
   * handed over and has expired.
   *
   * @return the oldest first: {@code returning} has no order of its own
   */
  List<PayoutAttempt> claimDue(Instant now, Instant leaseUntil, int limit) {
    List<PayoutAttempt> claimed =
        jdbc.query(
            """
            update payout_attempt a
               set due_at = ?, queries = a.queries + 1,
                   hand_over = case when a.hand_over_until > ? then a.hand_over end,
                   hand_over_until = case when a.hand_over_until > ? then a.hand_over_until end
              from (select id from payout_attempt where due_at <= ? order by due_at limit ?
                       for update skip locked) d
             where a.id = d.id
            returning a.*
            """,
            (row, n) -> attempt(row),
            leaseUntil.atOffset(ZoneOffset.UTC),
            now.atOffset(ZoneOffset.UTC),
            now.atOffset(ZoneOffset.UTC),
            now.atOffset(ZoneOffset.UTC),
            limit);
    claimed.sort(Comparator.comparing(PayoutAttempt::id));
    return claimed;
  }

  /** Makes an attempt due now, if it still is asked about at all. */
  void hasten(UUID id, Instant now) {
    jdbc.update(
        "update payout_attempt set due_at = ? where id = ? and due_at > ?",
        now.atOffset(ZoneOffset.UTC),
        id,
        now.atOffset(ZoneOffset.UTC));
  }

  /** Notes that the same request is about to be sent again; false if it is final by now. */
  boolean sendAgain(UUID id, Instant at) {
    return jdbc.update(
            """
            update payout_attempt set sends = sends + 1, sent_at = ?
             where id = ? and state in ('SENT', 'ACCEPTED', 'UNKNOWN') and due_at is not null
            """,
            at.atOffset(ZoneOffset.UTC),
            id)
        == 1;
  }

  private static PayoutAttempt attempt(ResultSet row) throws SQLException {
    Timestamp due = row.getTimestamp("due_at");
    return new PayoutAttempt(
        row.getObject("id", UUID.class),
        row.getObject("withdrawal_id", UUID.class),
        row.getInt("number"),
        row.getString("channel"),
        row.getBytes("request"),
        State.valueOf(row.getString("state")),
        row.getString("code"),
        row.getString("channel_reference"),
        row.getInt("sends"),
        row.getInt("queries"),
        row.getTimestamp("sent_at").toInstant(),
        due == null ? null : due.toInstant(),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }
}

package dev.sluice.notify;

import dev.sluice.database.Columns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/** The rows of notices and their deliveries. */
final class DeliveryStore {
  /** Counting stops here: a gauge need not know a longer backlog to the last row. */
  private static final int MOST_COUNTED = 100_000;

  private final JdbcTemplate jdbc;

  DeliveryStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** A delivery that is ours to send until the lease ends. */
  record Due(
      UUID endpointId, UUID eventId, int tries, Instant since, Instant leasedUntil, String body) {}

  /** How a try ended, or, with a next time and the tries unchanged, that there was none. */
  record Result(
      Due due,
      Delivery.State state,
      int tries,
      @Nullable Instant nextAt,
      @Nullable Integer status,
      @Nullable String error) {}

  /** What is waiting: how many, and for how long the one that waits longest. */
  record Backlog(long pending, Duration oldestDueAge) {
    static final Backlog NONE = new Backlog(0, Duration.ZERO);
  }

  void insert(List<Notice> notices, Instant at) {
    jdbc.update(
        """
        with added as (
            insert into notification (id, type, withdrawal_id, version, body, created_at)
            select n.id, n.type, n.withdrawal_id, n.version, n.body, ?
              from unnest(?, ?, ?, ?, ?) as n (id, type, withdrawal_id, version, body)
            on conflict (withdrawal_id, version) do nothing
            returning id, type)
        insert into notification_delivery
               (endpoint_id, notification_id, state, due_at, created_at, updated_at)
        select e.id, added.id, 'PENDING', ?, ?, ?
          from added
          join webhook_endpoint e on e.deleted_at is null
           and (cardinality(e.events) = 0 or added.type = any (e.events))
        """,
        ps ->
            Columns.of(ps, notices)
                .same(at)
                .uuid(Notice::id)
                .text(Notice::type)
                .uuid(Notice::withdrawalId)
                .integer(Notice::version)
                .text(Notice::body)
                .same(at)
                .same(at)
                .same(at));
  }

  /**
   * Leases what is due, per endpoint at most as many as there are places. Whoever else claims at
   * the same time gets other rows. The oldest event comes first.
   *
   * <p>Rows are found again by their place: locked as they are, they stay there, and an array of
   * places can't be mistaken by the planner for millions of rows, as a join with that limit can.
   */
  List<Due> claim(Map<UUID, Integer> places, Instant now, Duration lease) {
    String sql =
        """
        update notification_delivery d
           set leased_until = ?
          from notification n
         where n.id = d.notification_id
           and d.ctid = any (array (
               select picked.ctid
                 from unnest(?, ?) as room (endpoint_id, places)
                cross join lateral (
                      select ctid
                        from notification_delivery
                       where state = 'PENDING' and endpoint_id = room.endpoint_id and due_at <= ?
                         and (leased_until is null or leased_until <= ?)
                       order by due_at
                       limit room.places
                         for update skip locked) picked))
        returning d.endpoint_id, d.notification_id, d.tries,
                  coalesce(d.asked_again_at, d.created_at) as since, d.leased_until, n.body
        """;
    // in microseconds as the database keeps it, because the lease's end is what results are fenced
    // by
    Instant leasedUntil = now.plus(lease).truncatedTo(ChronoUnit.MICROS);
    PreparedStatementCallback<List<Due>> query =
        ps -> {
          Columns.of(ps, places.entrySet())
              .same(leasedUntil)
              .uuid(Map.Entry::getKey)
              .integer(Map.Entry::getValue)
              .same(now)
              .same(now);
          return read(ps);
        };
    List<Due> claimed = Objects.requireNonNull(jdbc.execute(sql, query));
    claimed.sort(Comparator.comparing(Due::eventId).thenComparing(Due::endpointId));
    return claimed;
  }

  /** Writes down how tries ended; a result whose lease was lost meanwhile changes nothing. */
  void record(List<Result> results, Instant now) {
    if (results.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        update notification_delivery d
           set state = r.state, tries = r.tries, due_at = r.due_at, leased_until = null,
               last_status = r.status, last_error = r.error, updated_at = ?
          from unnest(?, ?, ?, ?, ?, ?, ?, ?)
               as r (endpoint_id, notification_id, leased_until, state, tries, due_at, status, error)
         where d.endpoint_id = r.endpoint_id and d.notification_id = r.notification_id
           and d.leased_until = r.leased_until and d.state = 'PENDING'
        """,
        ps ->
            Columns.of(ps, results)
                .same(now)
                .uuid(r -> r.due().endpointId())
                .uuid(r -> r.due().eventId())
                .time(r -> r.due().leasedUntil())
                .text(r -> r.state().name())
                .integer(Result::tries)
                .time(Result::nextAt)
                .integer(Result::status)
                .text(Result::error));
  }

  /** Gives leases back unused: these were claimed and not sent. */
  void handBack(List<Due> unsent) {
    if (unsent.isEmpty()) {
      return;
    }
    jdbc.update(
        """
        update notification_delivery d
           set leased_until = null
          from unnest(?, ?, ?) as r (endpoint_id, notification_id, leased_until)
         where d.endpoint_id = r.endpoint_id and d.notification_id = r.notification_id
           and d.leased_until = r.leased_until
        """,
        ps ->
            Columns.of(ps, unsent).uuid(Due::endpointId).uuid(Due::eventId).time(Due::leasedUntil));
  }

  /**
   * Due now and with fresh patience; a lease under way stays, so that it isn't sent twice at once.
   */
  boolean sendAgain(UUID endpointId, UUID eventId, Instant now) {
    OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
    return jdbc.update(
            """
            update notification_delivery d
               set state = 'PENDING', tries = 0, due_at = ?, asked_again_at = ?, updated_at = ?
              from webhook_endpoint e
             where d.endpoint_id = ? and d.notification_id = ?
               and e.id = d.endpoint_id and e.deleted_at is null
            """,
            at,
            at,
            at,
            endpointId,
            eventId)
        == 1;
  }

  List<Delivery> newestFirst(UUID endpointId, @Nullable UUID before, int limit) {
    return jdbc.query(
        """
        select d.*, n.type, n.withdrawal_id
          from notification_delivery d
          join notification n on n.id = d.notification_id
         where d.endpoint_id = ? and (?::uuid is null or d.notification_id < ?)
         order by d.notification_id desc
         limit ?
        """,
        (row, _) -> delivery(row),
        endpointId,
        before,
        before,
        limit);
  }

  Backlog backlog(List<UUID> endpoints, Instant now) {
    String sql =
        """
        select (select count(*)
                  from (select 1 from notification_delivery where state = 'PENDING' limit ?) p)
                   as pending,
               (select min(d.due_at)
                  from unnest(?) as e (id)
                 cross join lateral (
                       select due_at from notification_delivery
                        where state = 'PENDING' and endpoint_id = e.id
                        order by due_at limit 1) d) as oldest
        """;
    PreparedStatementCallback<Backlog> query =
        ps -> {
          ps.setInt(1, MOST_COUNTED);
          ps.setArray(2, ps.getConnection().createArrayOf("uuid", endpoints.toArray()));
          try (ResultSet row = ps.executeQuery()) {
            row.next();
            Instant oldest = time(row, "oldest");
            boolean overdue = oldest != null && oldest.isBefore(now);
            return new Backlog(
                row.getLong("pending"), overdue ? Duration.between(oldest, now) : Duration.ZERO);
          }
        };
    return Objects.requireNonNull(jdbc.execute(sql, query));
  }

  private static List<Due> read(PreparedStatement statement) throws SQLException {
    List<Due> claimed = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        claimed.add(
            new Due(
                row.getObject("endpoint_id", UUID.class),
                row.getObject("notification_id", UUID.class),
                row.getInt("tries"),
                Objects.requireNonNull(time(row, "since")),
                Objects.requireNonNull(time(row, "leased_until")),
                row.getString("body")));
      }
    }
    return claimed;
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    return new Delivery(
        row.getObject("endpoint_id", UUID.class),
        row.getObject("notification_id", UUID.class),
        row.getString("type"),
        row.getObject("withdrawal_id", UUID.class),
        Delivery.State.valueOf(row.getString("state")),
        row.getInt("tries"),
        time(row, "due_at"),
        row.getObject("last_status", Integer.class),
        row.getString("last_error"),
        Objects.requireNonNull(time(row, "created_at")),
        Objects.requireNonNull(time(row, "updated_at")));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}

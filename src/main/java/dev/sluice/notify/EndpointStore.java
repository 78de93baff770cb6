package dev.sluice.notify;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows of webhook endpoints. Deleted ones stay: their deliveries are evidence. */
final class EndpointStore {
  private final JdbcTemplate jdbc;

  EndpointStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** An endpoint as the sender sees it. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and sealed
  record Target(UUID id, String url, byte[] sealedSecret, boolean deleted) {
    @Override
    public String toString() {
      return "Target[" + id + "]"; // a URL may hold a token
    }
  }

  /** From here to the end of the transaction nobody else adds or deletes an endpoint. */
  void lock() {
    jdbc.execute("lock table webhook_endpoint in share row exclusive mode");
  }

  int count() {
    Integer count =
        jdbc.queryForObject(
            "select count(*) from webhook_endpoint where deleted_at is null", Integer.class);
    return count == null ? 0 : count;
  }

  void insert(WebhookEndpoint endpoint, byte[] sealedSecret) {
    jdbc.update(
        """
        insert into webhook_endpoint (id, url, events, secret, created_by, created_at)
        values (?, ?, ?, ?, ?, ?)
        """,
        ps -> {
          ps.setObject(1, endpoint.id());
          ps.setString(2, endpoint.url());
          ps.setArray(3, ps.getConnection().createArrayOf("text", endpoint.events().toArray()));
          ps.setBytes(4, sealedSecret);
          ps.setString(5, endpoint.createdBy());
          ps.setObject(6, endpoint.createdAt().atOffset(ZoneOffset.UTC));
        });
  }

  boolean delete(UUID id, String actor, Instant at) {
    return jdbc.update(
            """
            update webhook_endpoint set deleted_at = ?, deleted_by = ?
             where id = ? and deleted_at is null
            """,
            at.atOffset(ZoneOffset.UTC),
            actor,
            id)
        == 1;
  }

  List<WebhookEndpoint> list() {
    return jdbc.query(
        "select * from webhook_endpoint where deleted_at is null order by id",
        (row, _) -> endpoint(row));
  }

  Optional<WebhookEndpoint> find(UUID id) {
    return jdbc
        .query(
            "select * from webhook_endpoint where id = ? and deleted_at is null",
            (row, _) -> endpoint(row),
            id)
        .stream()
        .findFirst();
  }

  /** All live endpoints, and deleted ones to which something is still pending. */
  List<Target> targets() {
    return jdbc.query(
        """
        select id, url, secret, false as deleted from webhook_endpoint where deleted_at is null
        union all
        select e.id, e.url, e.secret, true
          from webhook_endpoint e
         cross join lateral (select 1 from notification_delivery d
                              where d.endpoint_id = e.id and d.state = 'PENDING' limit 1) pending
         where e.deleted_at is not null
        """,
        (row, _) ->
            new Target(
                row.getObject("id", UUID.class),
                row.getString("url"),
                row.getBytes("secret"),
                row.getBoolean("deleted")));
  }

  private static WebhookEndpoint endpoint(ResultSet row) throws SQLException {
    Array events = row.getArray("events");
    return new WebhookEndpoint(
        row.getObject("id", UUID.class),
        row.getString("url"),
        List.of((String[]) events.getArray()),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}

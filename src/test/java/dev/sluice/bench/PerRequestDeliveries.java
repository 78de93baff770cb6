package dev.sluice.bench;

import dev.sluice.notify.Sender;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The baseline: one notification at a time, leased, sent and recorded. */
final class PerRequestDeliveries {
  private final JdbcTemplate jdbc;
  private final Turns turns;
  private final Sender sender;
  private final Clock clock;

  PerRequestDeliveries(JdbcTemplate jdbc, Turns turns, Sender sender, Clock clock) {
    this.jdbc = jdbc;
    this.turns = turns;
    this.sender = sender;
    this.clock = clock;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Due(UUID endpoint, UUID event, String url, byte[] secret, String body) {}

  /** Delivers one, if one is due. */
  void deliverOne() {
    List<Due> claimed = turns.take(this::claim);
    if (claimed.isEmpty()) {
      return;
    }
    Due due = claimed.getFirst();
    Sender.Answer answer = sender.send(due.url, due.secret, due.event, due.body);
    if (!(answer instanceof Sender.Answer.Answered(int status, var ignored)) || status != 204) {
      throw new IllegalStateException("this merchant takes every event, but said " + answer);
    }
    if (turns.take(() -> record(due, status)) != 1) {
      throw new IllegalStateException("the delivery is not there any more");
    }
  }

  private List<Due> claim() {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    return jdbc.query(
        """
        update notification_delivery d set leased_until = ?
          from notification n, webhook_endpoint e
         where n.id = d.notification_id and e.id = d.endpoint_id
           and (d.endpoint_id, d.notification_id) = (
               select endpoint_id, notification_id from notification_delivery
                where state = 'PENDING' and endpoint_id = (select id from webhook_endpoint)
                  and due_at <= ? and (leased_until is null or leased_until <= ?)
                order by due_at limit 1 for update skip locked)
        returning d.endpoint_id, d.notification_id, e.url, e.secret, n.body
        """,
        (row, n) ->
            new Due(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getBytes(4),
                row.getString(5)),
        now.plusSeconds(90),
        now,
        now);
  }

  private int record(Due due, int status) {
    return jdbc.update(
        """
        update notification_delivery
           set state = 'DELIVERED', tries = 1, due_at = null, leased_until = null, last_status = ?,
               updated_at = ?
         where endpoint_id = ? and notification_id = ?
        """,
        status,
        clock.instant().atOffset(ZoneOffset.UTC),
        due.endpoint,
        due.event);
  }
}

package dev.sluice.withdrawal;

import dev.sluice.database.Clauses;
import dev.sluice.database.Columns;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The queue of orders that wait for an attempt. Whether and when an order is due, the order itself
 * says; the rows of {@code payout_due}, one for each commit that made orders due, only find them.
 * So a row may find an order that isn't due any more, or find it twice, but each order that is due
 * is in one ({@code docs/decisions/0011-a-place-in-the-queue-per-commit.md}).
 */
final class DueStore {
  /** The most that the table allows: whoever takes a row takes no more orders in vain. */
  private static final int ORDERS_PER_ROW = 16;

  private static final String PLACES =
      """
      insert into payout_due (due_at, orders)
      select ?, q.ids[f : f + %1$d - 1]
        from (select ?::uuid[] as ids) q
       cross join generate_series(1, cardinality(q.ids), %1$d) f
      """
          .formatted(ORDERS_PER_ROW);

  private final JdbcTemplate jdbc;

  DueStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** The queue's rows for orders that are due at one instant: an insert, its last clause "from". */
  static Clauses places(Collection<UUID> ids, Instant at) {
    return new Clauses(
        PLACES, 2, (ps, first) -> Columns.of(ps, ids, first).same(at).uuid(id -> id));
  }

  /** Makes locked orders due, whenever they were due before. */
  void put(Collection<UUID> ids, Instant at) {
    jdbc.update(
        "with due as (update withdrawal set due_at = ? where id = any (?))\n" + PLACES,
        ps -> Columns.of(ps, ids).same(at).uuid(id -> id).clauses(places(ids, at)));
  }

  /** Locked orders are due no more. */
  void remove(Collection<UUID> ids) {
    jdbc.update(
        "update withdrawal set due_at = null where id = any (?) and due_at is not null",
        ps -> Columns.of(ps, ids).uuid(id -> id));
  }

  /**
   * Locks up to so many orders that are due, skipping what others work on, and takes them out of
   * the queue's rows. Nobody waits here, so nobody waits in a circle. Until {@link #put} or {@link
   * #remove}, they still say that they are due.
   *
   * @return in the order of their ids, which grow with time
   */
  List<Withdrawal> lock(Instant now, int limit) {
    Map<UUID, Instant> found = new LinkedHashMap<>();
    int rows = Math.max(1, limit * 2 / ORDERS_PER_ROW); // so few are taken from others in vain
    while (rows > 0 && take(found, now, rows) == rows) {
      rows = Math.min(2 * rows, limit - found.size());
    }
    if (found.isEmpty()) {
      return List.of();
    }
    List<UUID> wanted = found.keySet().stream().limit(limit).toList();
    List<Withdrawal> due = new ArrayList<>(wanted.size());
    jdbc.query(
        """
        select w.due_at <= ? as is_due, %s
          from withdrawal w
          join beneficiary b on b.id = w.beneficiary_id
         where w.id = any (?)
         order by w.id
           for update of w skip locked
        """
            .formatted(WithdrawalStore.COLUMNS),
        ps -> Columns.of(ps, wanted).same(now).uuid(id -> id),
        row -> {
          found.remove(row.getObject("id", UUID.class));
          if (row.getBoolean("is_due")) {
            due.add(WithdrawalStore.withdrawal(row));
          }
        });
    putBack(found);
    return due;
  }

  /**
   * Takes so many rows, the oldest first, with whatever they find, and says how many there were.
   */
  private int take(Map<UUID, Instant> found, Instant now, int rows) {
    record Place(Instant dueAt, UUID[] orders) {}
    List<Place> places =
        jdbc.query(
            """
            delete from payout_due d
             using (select due_at, id from payout_due where due_at <= ? order by due_at, id limit ?
                       for update skip locked) oldest
             where d.due_at = oldest.due_at and d.id = oldest.id
            returning d.due_at, d.orders
            """,
            (row, n) ->
                new Place(
                    row.getTimestamp("due_at").toInstant(),
                    (UUID[]) row.getArray("orders").getArray()),
            now.atOffset(ZoneOffset.UTC),
            rows);
    places.sort(Comparator.comparing(Place::dueAt)); // "returning" has no order of its own
    for (Place place : places) {
      for (UUID order : place.orders()) {
        found.put(order, place.dueAt()); // the latest, which is when it is due
      }
    }
    return places.size();
  }

  /** Those that were too many, or that others work on, are found again when they were due. */
  private void putBack(Map<UUID, Instant> left) {
    if (left.isEmpty()) {
      return;
    }
    record Left(UUID id, Instant at, int part) {}
    List<Left> all = new ArrayList<>(left.size());
    left.forEach((id, at) -> all.add(new Left(id, at, all.size() / ORDERS_PER_ROW)));
    jdbc.update(
        """
        insert into payout_due (due_at, orders)
        select due_at, array_agg(id) from unnest(?, ?, ?) as l (id, due_at, part)
         group by due_at, part
        """,
        ps -> Columns.of(ps, all).uuid(Left::id).time(Left::at).integer(Left::part));
  }

  /** How long the oldest place in the queue has been due, in seconds; 0 if none is. */
  double oldestSeconds(Instant now) {
    Double seconds =
        jdbc.queryForObject(
            "select coalesce(extract(epoch from ?::timestamptz - min(due_at)), 0) from payout_due",
            Double.class,
            now.atOffset(ZoneOffset.UTC));
    return seconds == null ? 0 : Math.max(0, seconds);
  }
}

package dev.sluice.withdrawal;

import dev.sluice.database.Clauses;
import dev.sluice.database.Columns;
import dev.sluice.database.RoundTrip;
import dev.sluice.ledger.Holds;
import dev.sluice.withdrawal.Acceptor.Existing;
import dev.sluice.withdrawal.Acceptor.NewOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** What accepting reads and writes. */
final class AcceptStore {
  private final JdbcTemplate jdbc;
  private volatile @Nullable String insertSql;

  AcceptStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** An empty trip to the database. */
  RoundTrip trip() {
    return new RoundTrip(jdbc);
  }

  Supplier<List<Existing>> findByKeys(RoundTrip trip, Collection<UUID> keyHashes) {
    return trip.query(
        """
        select w.key_hash, w.request_hash, %s
          from withdrawal w
          join beneficiary b on b.id = w.beneficiary_id
         where w.key_hash = any (?)
        """
            .formatted(WithdrawalStore.COLUMNS),
        (ps, first) -> Columns.of(ps, keyHashes, first).uuid(k -> k),
        (row, n) ->
            new Existing(
                WithdrawalStore.withdrawal(row),
                row.getObject("key_hash", UUID.class),
                row.getObject("request_hash", UUID.class)));
  }

  /**
   * Orders, their holds, and their place in the queue: one statement, all or nothing. The first
   * step of an order's history is the order itself.
   */
  void insert(List<NewOrder> orders, Holds holds, Instant at) {
    List<UUID> due = new ArrayList<>(orders.size());
    for (NewOrder order : orders) {
      if (order.order().status() == WithdrawalState.PENDING) {
        due.add(order.order().id());
      }
    }
    Clauses places = DueStore.places(due, at);
    jdbc.update(
        insertSql(holds, places),
        ps ->
            Columns.of(ps, orders)
                .clauses(holds.covered())
                .clauses(holds.written())
                .same(at)
                .uuid(o -> o.order().id())
                .text(o -> o.order().userId())
                .bigint(o -> o.order().accountId())
                .uuid(o -> o.order().beneficiaryId())
                .bigint(o -> o.order().amount().minor())
                .bigint(o -> o.order().fee().minor())
                .text(o -> o.order().amount().currency().getCurrencyCode())
                .text(o -> o.order().note())
                .uuid(NewOrder::keyHash)
                .uuid(NewOrder::requestHash)
                .text(o -> o.order().status().name())
                .text(o -> o.order().reason())
                .clauses(places));
  }

  /**
   * The shares are the same text each time: joined once, and the driver finds it by its identity.
   */
  private String insertSql(Holds holds, Clauses places) {
    String joined = insertSql;
    if (joined == null) {
      joined =
          """
          with %s,
          %s,
          orders as (
              insert into withdrawal (id, user_id, account_id, beneficiary_id, amount, fee, currency,
                     note, key_hash, request_hash, status, reason, version, due_at, created_at, updated_at)
              select o.*, case o.status when 'PENDING' then 1 else 2 end,
                     case o.status when 'PENDING' then t.at end, t.at, t.at
                from covered c
               cross join (select ?::timestamptz as at) t
               cross join (select unnest(?) as id, unnest(?) as user_id, unnest(?) as account_id,
                                  unnest(?) as beneficiary_id, unnest(?) as amount, unnest(?) as fee,
                                  unnest(?) as currency, unnest(?) as note, unnest(?) as key_hash,
                                  unnest(?) as request_hash, unnest(?) as status, unnest(?) as reason) o
               where c.all_are)
          %s cross join covered c where c.all_are
          """
              .formatted(holds.covered().sql(), holds.written().sql(), places.sql());
      insertSql = joined;
    }
    return joined;
  }

  /** The further step of orders that wait for a person. */
  void insertReviewSteps(List<NewOrder> orders, Instant at) {
    jdbc.update(
        """
        insert into withdrawal_history
               (withdrawal_id, version, from_status, to_status, reason, actor, at)
        select r.id, 2, 'PENDING', 'REVIEW', r.reason, 'system', ? from unnest(?, ?) as r (id, reason)
        """,
        ps ->
            Columns.of(ps, orders)
                .same(at)
                .uuid(o -> o.order().id())
                .text(o -> o.order().reason()));
  }
}

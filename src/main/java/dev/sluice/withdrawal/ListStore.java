package dev.sluice.withdrawal;

import dev.sluice.database.Columns;
import dev.sluice.withdrawal.OrderReads.Newest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Looks orders up, and lists them, newest first, page by page. */
final class ListStore {
  /** Rows that one page looks at: a rare status can't make a page read the whole table. */
  private static final int WINDOW = 10_000;

  /** No id comes after it. */
  private static final UUID LAST = new UUID(-1, -1);

  private final JdbcTemplate jdbc;
  private final OrderReads reads;

  ListStore(JdbcTemplate jdbc, OrderReads reads) {
    this.jdbc = jdbc;
    this.reads = reads;
  }

  /** Reads as {@link OrderReads} are made of. */
  static OrderReads reads(JdbcTemplate jdbc) {
    return new OrderReads(ids -> byId(jdbc, ids), wanted -> newest(jdbc, wanted));
  }

  /**
   * An array comes by way of a {@code select}, so that the server can't see how short it is: it
   * would plan each time anew, since a plan for one row looks cheaper than one for any, and
   * planning costs more than these reads.
   */
  private static List<Optional<Withdrawal>> byId(JdbcTemplate jdbc, List<UUID> ids) {
    Map<UUID, Withdrawal> found = new HashMap<>();
    jdbc.query(
        WithdrawalStore.SELECT + "where w.id = any ((select ?::uuid[])::uuid[])",
        ps -> Columns.of(ps, ids).uuid(id -> id),
        row -> {
          Withdrawal order = WithdrawalStore.withdrawal(row);
          found.put(order.id(), order);
        });
    return ids.stream().map(id -> Optional.ofNullable(found.get(id))).toList();
  }

  /** Each list through the accounts of its user, in the order of their index. */
  private static List<List<Withdrawal>> newest(JdbcTemplate jdbc, List<Newest> wanted) {
    int rows = wanted.stream().mapToInt(Newest::limit).max().orElse(0);
    List<List<Withdrawal>> lists = new ArrayList<>();
    wanted.forEach(w -> lists.add(new ArrayList<>()));
    jdbc.query(
        """
        select q.place, w.*, b.kind as beneficiary_kind, b.masked
          from unnest((select ?::text[]), (select ?::uuid[]))
               with ordinality as q (owner, before, place)
         cross join lateral (
               select w.*
                 from account a
                cross join lateral (select * from withdrawal w where w.account_id = a.id
                                       and w.id < q.before order by w.id desc limit %1$d) w
                where a.owner = q.owner and a.kind = 'USER'
                order by w.id desc limit %1$d) w
          join beneficiary b on b.id = w.beneficiary_id
         order by q.place, w.id desc
        """
            .formatted(rows),
        ps -> Columns.of(ps, wanted).text(Newest::userId).uuid(Newest::before),
        row -> {
          lists.get(row.getInt("place") - 1).add(WithdrawalStore.withdrawal(row));
        });
    for (int i = 0; i < lists.size(); i++) {
      int limit = wanted.get(i).limit();
      lists.set(i, lists.get(i).subList(0, Math.min(limit, lists.get(i).size())));
    }
    return lists;
  }

  /** The order with this id. */
  Optional<Withdrawal> byId(UUID id) {
    return reads.byId(id);
  }

  /**
   * A page. With a rare status it may hold fewer orders than asked for, even none, and still have a
   * next one.
   */
  Page list(
      @Nullable String userId, @Nullable WithdrawalState status, @Nullable UUID before, int limit) {
    if (userId != null && status == null) {
      return page(
          reads.newest(new Newest(userId, before == null ? LAST : before, limit + 1)), limit);
    }
    List<Object> parameters = new ArrayList<>();
    int rows = status == null ? limit + 1 : WINDOW;
    String window = window(userId, before, rows, parameters);
    if (status == null) {
      return page(orders("select id from (" + window + ") x", parameters), limit);
    }
    return filtered(window, parameters, status, limit);
  }

  /** A page of orders of which one more was asked for, to see whether there is a next one. */
  private static Page page(List<Withdrawal> orders, int limit) {
    boolean more = orders.size() > limit;
    List<Withdrawal> page = more ? orders.subList(0, limit) : orders;
    return new Page(page, more ? page.getLast().id() : null);
  }

  /** The newest rows, of all users or through the accounts of one, each read in index order. */
  private static String window(
      @Nullable String userId, @Nullable UUID before, int rows, List<Object> parameters) {
    String newest = (before == null ? "" : "and w.id < ? ") + "order by w.id desc limit " + rows;
    if (before != null) {
      parameters.add(before);
    }
    if (userId == null) {
      return "select w.id, w.status from withdrawal w where true " + newest;
    }
    parameters.add(userId);
    return """
    select w.id, w.status
      from account a
     cross join lateral (select * from withdrawal w where w.account_id = a.id %s) w
     where a.owner = ? and a.kind = 'USER'
     order by w.id desc limit %d
    """
        .formatted(newest, rows);
  }

  private Page filtered(String window, List<Object> parameters, WithdrawalState status, int limit) {
    List<Object> all = new ArrayList<>(parameters);
    all.add(status.name());
    all.add(limit);
    List<Withdrawal> orders =
        orders("select id from (" + window + ") x where status = ? order by id desc limit ?", all);
    if (orders.size() == limit) {
      return new Page(orders, orders.getLast().id());
    }
    List<UUID> lastSeen =
        jdbc.query(
            "select id from (%s) x order by id limit 1 offset 0".formatted(window),
            (row, n) -> row.getObject(1, UUID.class),
            parameters.toArray());
    Integer seen =
        jdbc.queryForObject(
            "select count(*) from (%s) x".formatted(window), Integer.class, parameters.toArray());
    boolean more = seen != null && seen == WINDOW;
    return new Page(orders, more ? lastSeen.getFirst() : null);
  }

  private List<Withdrawal> orders(String ids, List<Object> parameters) {
    return jdbc.query(
        WithdrawalStore.SELECT + "where w.id in (" + ids + ") order by w.id desc",
        (row, n) -> WithdrawalStore.withdrawal(row),
        parameters.toArray());
  }
}

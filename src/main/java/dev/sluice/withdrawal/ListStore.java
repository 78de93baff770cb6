package dev.sluice.withdrawal;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Lists orders, newest first, page by page. */
final class ListStore {
  /** Rows that one page looks at: a rare status can't make a page read the whole table. */
  private static final int WINDOW = 10_000;

  private final JdbcTemplate jdbc;

  ListStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A page. With a rare status it may hold fewer orders than asked for, even none, and still have a
   * next one.
   */
  Page list(
      @Nullable String userId, @Nullable WithdrawalState status, @Nullable UUID before, int limit) {
    List<Object> parameters = new ArrayList<>();
    int rows = status == null ? limit + 1 : WINDOW;
    String window = window(userId, before, rows, parameters);
    if (status == null) {
      List<Withdrawal> orders = orders("select id from (" + window + ") x", parameters);
      boolean more = orders.size() > limit;
      List<Withdrawal> page = more ? orders.subList(0, limit) : orders;
      return new Page(page, more ? page.getLast().id() : null);
    }
    return filtered(window, parameters, status, limit);
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

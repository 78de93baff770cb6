package dev.sluice.withdrawal;

import dev.sluice.beneficiary.Beneficiaries;
import dev.sluice.database.Columns;
import dev.sluice.database.RoundTrip;
import dev.sluice.withdrawal.OrderReads.ById;
import dev.sluice.withdrawal.OrderReads.Newest;
import dev.sluice.withdrawal.OrderReads.Wanted;
import dev.sluice.withdrawal.WithdrawalStore.Own;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Looks orders up, and lists them, newest first, page by page. */
final class ListStore {
  /** Rows that one page looks at: a rare status can't make a page read the whole table. */
  private static final int WINDOW = 10_000;

  /** No id comes after it. */
  private static final UUID LAST = new UUID(-1, -1);

  /** As the database compares ids: by their bytes, which begin with the time. */
  private static final Comparator<Withdrawal> NEWEST_FIRST =
      Comparator.comparing(Withdrawal::id, ListStore::compareBytes).reversed();

  private final JdbcTemplate jdbc;
  private final OrderReads reads;

  ListStore(JdbcTemplate jdbc, OrderReads reads) {
    this.jdbc = jdbc;
    this.reads = reads;
  }

  /**
   * Reads as {@link OrderReads} are made of: all who wait in one trip, and a second one if it meets
   * beneficiaries that this instance doesn't know yet. A list's orders mostly have the same one,
   * and to look it up for each cost half as much as to find the order.
   */
  static OrderReads reads(JdbcTemplate jdbc, Beneficiaries beneficiaries) {
    return new OrderReads(
        wanted -> {
          RoundTrip trip = new RoundTrip(jdbc);
          Supplier<List<Own>> single = byId(trip, those(wanted, ById.class));
          Supplier<List<Placed>> placed = newest(trip, those(wanted, Newest.class));
          trip.send();
          var shown = beneficiaries.shown(beneficiaryIds(single.get(), placed.get()));
          Map<UUID, Withdrawal> byId = new HashMap<>();
          single.get().stream()
              .map(own -> order(own, shown))
              .forEach(order -> byId.put(order.id(), order));
          Iterator<List<Withdrawal>> lists =
              lists(those(wanted, Newest.class), placed.get(), shown).iterator();
          return wanted.stream()
              .map(
                  one ->
                      switch (one) {
                        case ById(UUID id) -> Stream.ofNullable(byId.get(id)).toList();
                        case Newest _ -> lists.next();
                      })
              .toList();
        });
  }

  private static <W extends Wanted> List<W> those(List<Wanted> wanted, Class<W> kind) {
    return wanted.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * An array comes by way of a {@code select}, so that the server can't see how short it is: it
   * would plan each time anew, since a plan for one row looks cheaper than one for any, and
   * planning costs more than these reads.
   */
  private static Supplier<List<Own>> byId(RoundTrip trip, List<ById> wanted) {
    if (wanted.isEmpty()) {
      return List::of;
    }
    return trip.query(
        "select "
            + WithdrawalStore.OWN_COLUMNS
            + "from withdrawal w where w.id = any ((select ?::uuid[])::uuid[])",
        (ps, first) -> Columns.of(ps, wanted, first).uuid(ById::id),
        (row, n) -> WithdrawalStore.own(row));
  }

  /** An order, and which of the lists it belongs to, counted from 1. */
  private record Placed(int list, Own order) {}

  /**
   * Each list through the accounts of its user, in the order of their index. What several accounts
   * have is merged here, which costs less than to sort it there: the server copies each row to sort
   * it, though nearly every user has one account and nothing is out of order.
   */
  private static Supplier<List<Placed>> newest(RoundTrip trip, List<Newest> wanted) {
    if (wanted.isEmpty()) {
      return List::of;
    }
    int most = wanted.stream().mapToInt(Newest::limit).max().orElse(0);
    // "offset 0": the accounts are found for one owner after the other, whatever their number is.
    return trip.query(
        """
        select q.place, %2$s
          from unnest((select ?::text[]), (select ?::uuid[]))
               with ordinality as q (owner, before, place)
         cross join lateral (
               select w.*
                 from account a
                cross join lateral (select * from withdrawal w where w.account_id = a.id
                                       and w.id < q.before order by w.id desc limit %1$d) w
                where a.owner = q.owner and a.kind = 'USER'
               offset 0) w
        """
            .formatted(most, WithdrawalStore.OWN_COLUMNS),
        (ps, first) -> Columns.of(ps, wanted, first).text(Newest::userId).uuid(Newest::before),
        (row, n) -> new Placed(row.getInt("place"), WithdrawalStore.own(row)));
  }

  private static List<List<Withdrawal>> lists(
      List<Newest> wanted, List<Placed> all, Map<UUID, Beneficiaries.Shown> shown) {
    List<List<Withdrawal>> lists = new ArrayList<>();
    wanted.forEach(w -> lists.add(new ArrayList<>(w.limit())));
    for (Placed placed : all) {
      lists.get(placed.list() - 1).add(order(placed.order(), shown));
    }
    for (int i = 0; i < lists.size(); i++) {
      int limit = wanted.get(i).limit();
      lists.set(i, lists.get(i).stream().sorted(NEWEST_FIRST).limit(limit).toList());
    }
    return lists;
  }

  private static int compareBytes(UUID one, UUID other) {
    int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
  }

  private static List<UUID> beneficiaryIds(List<Own> single, List<Placed> placed) {
    return Stream.concat(single.stream(), placed.stream().map(Placed::order))
        .map(Own::beneficiaryId)
        .toList();
  }

  private static Withdrawal order(Own own, Map<UUID, Beneficiaries.Shown> shown) {
    Beneficiaries.@Nullable Shown to = shown.get(own.beneficiaryId());
    if (to == null) {
      throw new IllegalStateException("an order's beneficiary is gone: " + own.beneficiaryId());
    }
    return own.to().apply(to);
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

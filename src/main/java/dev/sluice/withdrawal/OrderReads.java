package dev.sluice.withdrawal;

import dev.sluice.queue.Together;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What is read most: an order by its id, and a user's newest. Readers that come at the same time
 * share one statement.
 */
public final class OrderReads {
  private static final int MOST_ORDERS = 500;
  private static final int MOST_LISTS = 50;

  private final Together<UUID, Optional<Withdrawal>> orders;
  private final Together<Newest, List<Withdrawal>> lists;

  /**
   * A user's newest orders.
   *
   * @param before only older ones than this id
   * @param limit how many at most
   */
  public record Newest(String userId, UUID before, int limit) {}

  /**
   * Reads.
   *
   * @param byId answers several ids at once, in order
   * @param newest answers several lists at once, in order
   */
  public OrderReads(
      Function<List<UUID>, List<Optional<Withdrawal>>> byId,
      Function<List<Newest>, List<List<Withdrawal>>> newest) {
    this.orders = new Together<>(MOST_ORDERS, byId);
    this.lists = new Together<>(MOST_LISTS, newest);
  }

  Optional<Withdrawal> byId(UUID id) {
    return orders.ask(id);
  }

  List<Withdrawal> newest(Newest wanted) {
    return lists.ask(wanted);
  }
}

package dev.sluice.withdrawal;

import dev.sluice.queue.Together;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What is read most: an order by its id, and a user's newest. Readers that come at the same time
 * share one trip to the database.
 */
public final class OrderReads {
  private static final int MOST = 100;

  private final Together<Wanted, List<Withdrawal>> reads;

  /** What a reader wants. */
  public sealed interface Wanted {}

  /** An order, or none. */
  public record ById(UUID id) implements Wanted {}

  /**
   * A user's newest orders.
   *
   * @param before only older ones than this id
   * @param limit how many at most
   */
  public record Newest(String userId, UUID before, int limit) implements Wanted {}

  /**
   * Reads.
   *
   * @param read answers all who wait, in order
   */
  public OrderReads(Function<List<Wanted>, List<List<Withdrawal>>> read) {
    this.reads = new Together<>(MOST, read);
  }

  Optional<Withdrawal> byId(UUID id) {
    return reads.ask(new ById(id)).stream().findFirst();
  }

  List<Withdrawal> newest(Newest wanted) {
    return reads.ask(wanted);
  }
}

package dev.sluice.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.payout.Timeline;
import dev.sluice.support.Invariants;
import dev.sluice.withdrawal.Withdrawal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Up to V26 an order's first step was a row of its history, too; such rows are still there. */
class UpgradedHistoryTest {
  private static final List<String> STEPS =
      List.of(
          "PENDING by u1",
          "PENDING to PROCESSING by system",
          "PROCESSING to SUCCESS by channel:bank");

  @Test
  void anOrderOfBeforeTellsItsFirstStepOnceWhereverItIsKept() {
    try (Shelf shelf = new Shelf()) {
      Withdrawal archivedBefore = paidBefore(shelf, "k1");
      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();
      assertThat(moves(shelf, archivedBefore)).isEqualTo(3);
      Withdrawal before = paidBefore(shelf, "k2");

      Withdrawal after = shelf.paid("k3");
      List<Withdrawal> orders = List.of(archivedBefore, before, after);
      assertThat(orders).allSatisfy(o -> assertThat(steps(shelf, o)).isEqualTo(STEPS));
      assertThat(Stream.of(before, after))
          .allSatisfy(
              o ->
                  assertThat(
                          shelf.jdbc.queryForList(
                              "select version from withdrawal_step where withdrawal_id = ?"
                                  + " order by version",
                              Integer.class,
                              o.id()))
                      .containsExactly(1, 2, 3));

      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();

      assertThat(moves(shelf, before)).as("with the first, which is a row").isEqualTo(3);
      assertThat(moves(shelf, after)).as("without the first").isEqualTo(2);
      assertThat(orders).allSatisfy(o -> assertThat(steps(shelf, o)).isEqualTo(STEPS));
    }
  }

  @Test
  void whatHappensLaterFollowsWhatIsArchived() {
    try (Shelf shelf = new Shelf()) {
      Withdrawal order = paidBefore(shelf, "k1");
      shelf.later(Shelf.KEEP.plusDays(1));
      shelf.archive();
      shelf.engine.callback(
          "bank", shelf.engine.requestNumber(order.id()), "RETURNED", 10_000, "return-1");

      assertThat(steps(shelf, order))
          .isEqualTo(
              Stream.concat(
                      STEPS.stream(), Stream.of("SUCCESS to REFUNDED by channel:bank (RETURNED)"))
                  .toList());
    }
  }

  @Test
  void whatIsNotArchivedYetKeepsTheInvariants() {
    try (Shelf shelf = new Shelf()) {
      paidBefore(shelf, "k1");
      Invariants.checkAtRest(shelf.jdbc);
    }
  }

  /** A paid order with the row that accepting wrote then. */
  private static Withdrawal paidBefore(Shelf shelf, String key) {
    Withdrawal order = shelf.paid(key);
    shelf.jdbc.update(
        """
        insert into withdrawal_history (withdrawal_id, version, to_status, actor, at)
        select id, 1, 'PENDING', user_id, created_at from withdrawal where id = ?
        """,
        order.id());
    return order;
  }

  private static int moves(Shelf shelf, Withdrawal order) {
    return shelf.count("select moves from archived_order where withdrawal_id = ?", order.id());
  }

  private static List<String> steps(Shelf shelf, Withdrawal order) {
    return shelf.engine.payouts.timeline().of(order.id()).stream()
        .filter(entry -> entry.kind() == Timeline.Kind.STATE)
        .map(Timeline.Entry::text)
        .toList();
  }
}

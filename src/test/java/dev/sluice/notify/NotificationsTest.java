package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.notify.Registration.Registered;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotificationsTest {
  private Shop shop;

  @BeforeEach
  void open() throws IOException {
    shop = new Shop();
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
  }

  @Test
  void tellsEachEndpointWhatItAskedFor() {
    Registered all = shop.register("/all");
    Registered some = shop.register("/some", "withdrawal.failed", "withdrawal.refunded");

    Notice succeeded = shop.enqueue("withdrawal.succeeded");
    Notice refunded = shop.enqueue("withdrawal.refunded");

    assertThat(events(all)).containsExactlyInAnyOrder(succeeded.id(), refunded.id());
    assertThat(events(some)).containsExactly(refunded.id());
  }

  @Test
  void noticesEachMoveOnce() {
    Registered registered = shop.register("/hook");
    Notice first = shop.enqueue("withdrawal.succeeded");
    Notice again =
        new Notice(
            shop.ids.next(), first.type(), first.withdrawalId(), first.version(), "{\"other\":1}");

    shop.enqueue(List.of(again, first, again));

    assertThat(events(registered)).containsExactly(first.id());
    assertThat(shop.jdbc.queryForList("select body from notification", String.class))
        .containsExactly(first.body());
  }

  @Test
  void keepsNoticesThatNobodyAskedFor() {
    shop.enqueue("withdrawal.succeeded");

    assertThat(shop.jdbc.queryForObject("select count(*) from notification", Integer.class))
        .isEqualTo(1);
    assertThat(
            shop.jdbc.queryForObject("select count(*) from notification_delivery", Integer.class))
        .isZero();
  }

  @Test
  void vanishesWithTheTransactionThatItBelongsTo() {
    Registered registered = shop.register("/hook");

    shop.transactions.executeWithoutResult(
        tx -> {
          shop.notifications.enqueue(
              List.of(new Notice(shop.ids.next(), "withdrawal.failed", shop.ids.next(), 2, "{}")),
              shop.clock.instant());
          tx.setRollbackOnly();
        });

    assertThat(events(registered)).isEmpty();
  }

  @Test
  void tellsOnlyWhatHappensAfterRegistrationAndBeforeDeletion() {
    shop.enqueue("withdrawal.succeeded");
    Registered registered = shop.register("/hook");
    Notice between = shop.enqueue("withdrawal.succeeded");
    shop.endpoints.delete(registered.endpoint().id(), "ops-1");
    shop.enqueue("withdrawal.succeeded");

    assertThat(events(registered)).containsExactly(between.id());
  }

  @Test
  void wakesTheWorker() {
    AtomicInteger woken = new AtomicInteger();
    Notifications notifications = new Notifications(shop.jdbc, woken::incrementAndGet);

    notifications.enqueue(List.of(), shop.clock.instant());
    notifications.afterEnqueue();

    assertThat(woken).hasValue(1);
  }

  private List<UUID> events(Registered registered) {
    return shop.endpoints.deliveries(registered.endpoint().id(), null, 100).stream()
        .map(Delivery::eventId)
        .toList();
  }
}

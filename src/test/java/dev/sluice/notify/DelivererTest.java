package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.notify.Delivery.State;
import dev.sluice.notify.Registration.Registered;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelivererTest {
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
  void deliversOnceAndRemembersIt() {
    Registered registered = shop.register("/hook");
    Notice notice = shop.enqueue("withdrawal.succeeded");
    Deliverer deliverer = shop.deliverer(Shop.VIRTUAL);

    Shop.runToQuiet(deliverer);
    shop.clock.turn(Duration.ofDays(1));
    Shop.runToQuiet(deliverer);

    assertThat(shop.receiver.got("/hook"))
        .extracting(Receiver.Got::body)
        .containsExactly(notice.body());
    Delivery delivery = shop.onlyDelivery(registered);
    assertThat(delivery.state()).isEqualTo(State.DELIVERED);
    assertThat(delivery.tries()).isEqualTo(1);
    assertThat(delivery.lastStatus()).isEqualTo(204);
    assertThat(delivery.lastError()).isNull();
    assertThat(delivery.dueAt()).isNull();
    assertThat(shop.counted("delivered")).isEqualTo(1);
  }

  @Test
  void triesAgainUnderTheSameIdWithANewTimestamp() {
    Registered registered = shop.register("/hook");
    Notice notice = shop.enqueue("withdrawal.succeeded");
    AtomicInteger calls = new AtomicInteger();
    shop.receiver.on("/hook", _ -> calls.incrementAndGet() < 3 ? 500 : 200);
    Deliverer deliverer = shop.deliverer(Shop.DIRECT);

    Shop.runToQuiet(deliverer);
    Delivery failed = shop.onlyDelivery(registered);
    assertThat(failed.state()).isEqualTo(State.PENDING);
    assertThat(failed.lastStatus()).isEqualTo(500);
    assertThat(failed.lastError()).isEqualTo("answered 500");
    assertThat(failed.dueAt())
        .isBetween(shop.clock.instant().plusSeconds(4), shop.clock.instant().plusSeconds(6));
    shop.clock.turn(Duration.ofSeconds(3));
    Shop.runToQuiet(deliverer);
    assertThat(shop.receiver.got("/hook")).as("not before it is due").hasSize(1);
    shop.clock.turn(Duration.ofSeconds(3));
    Shop.runToQuiet(deliverer);
    shop.clock.turn(Duration.ofMinutes(2));
    Shop.runToQuiet(deliverer);

    List<Receiver.Got> got = shop.receiver.got("/hook");
    assertThat(got).hasSize(3);
    assertThat(got).extracting(Receiver.Got::id).containsOnly(notice.id().toString());
    assertThat(got).extracting(Receiver.Got::body).containsOnly(notice.body());
    assertThat(got).extracting(Receiver.Got::timestamp).doesNotHaveDuplicates();
    assertThat(got).extracting(Receiver.Got::signature).doesNotHaveDuplicates();
    assertThat(shop.onlyDelivery(registered).state()).isEqualTo(State.DELIVERED);
    assertThat(shop.onlyDelivery(registered).tries()).isEqualTo(3);
    assertThat(shop.counted("failed")).isEqualTo(2);
  }

  @Test
  void givesUpAfterThreeDays() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    Instant created = shop.clock.instant();
    shop.receiver.on("/hook", _ -> 503);
    Deliverer deliverer = shop.deliverer(Shop.DIRECT);

    Shop.runToQuiet(deliverer);
    Delivery delivery = shop.onlyDelivery(registered);
    while (delivery.state() == State.PENDING) {
      assertThat(delivery.dueAt()).isAfter(shop.clock.instant());
      shop.clock.turnTo(Objects.requireNonNull(delivery.dueAt()));
      Shop.runToQuiet(deliverer);
      delivery = shop.onlyDelivery(registered);
    }

    assertThat(delivery.state()).isEqualTo(State.GIVEN_UP);
    assertThat(shop.clock.instant()).isEqualTo(created.plus(Duration.ofDays(3)));
    assertThat(delivery.tries()).isBetween(8, 12).isEqualTo(shop.receiver.got("/hook").size());
    assertThat(shop.counted("given_up")).isEqualTo(1);
  }

  @Test
  void givesUpAtOnceWhenTheEndpointIsGone() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    shop.receiver.on("/hook", _ -> 410);

    Shop.runToQuiet(shop.deliverer(Shop.DIRECT));

    Delivery delivery = shop.onlyDelivery(registered);
    assertThat(delivery.state()).isEqualTo(State.GIVEN_UP);
    assertThat(delivery.lastStatus()).isEqualTo(410);
  }

  @Test
  void takesRedirectsForFailures() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    shop.receiver.on(
        "/hook",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          return 302;
        });

    Shop.runToQuiet(shop.deliverer(Shop.DIRECT));

    assertThat(shop.onlyDelivery(registered).lastError())
        .isEqualTo("answered 302; redirects are not followed");
    assertThat(shop.receiver.got("/elsewhere")).isEmpty();
  }

  @Test
  void givesUpWhatIsPendingToADeletedEndpoint() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    shop.endpoints.delete(registered.endpoint().id(), "ops-1");

    Shop.runToQuiet(shop.deliverer(Shop.DIRECT));

    Delivery delivery = shop.onlyDelivery(registered);
    assertThat(delivery.state()).isEqualTo(State.GIVEN_UP);
    assertThat(delivery.lastError()).isEqualTo("the endpoint was deleted");
    assertThat(delivery.tries()).isZero();
    assertThat(shop.receiver.got("/hook")).isEmpty();
  }

  @Test
  void sendsAgainWhenAskedWithFreshPatience() {
    Registered registered = shop.register("/hook");
    Notice notice = shop.enqueue("withdrawal.succeeded");
    Deliverer deliverer = shop.deliverer(Shop.DIRECT);
    Shop.runToQuiet(deliverer);
    shop.clock.turn(Duration.ofDays(30));
    shop.receiver.on("/hook", _ -> 500);

    assertThat(shop.endpoints.redeliver(registered.endpoint().id(), notice.id())).isTrue();
    Shop.runToQuiet(deliverer);

    assertThat(shop.receiver.got("/hook"))
        .hasSize(2)
        .extracting(Receiver.Got::id)
        .containsOnly(notice.id().toString());
    assertThat(shop.onlyDelivery(registered).state()).isEqualTo(State.PENDING);
    assertThat(shop.endpoints.redeliver(registered.endpoint().id(), UUID.randomUUID())).isFalse();
  }

  @Test
  void goesOnWhenASecretDoesNotOpen() {
    Registered broken = shop.register("/broken");
    Registered fine = shop.register("/fine");
    shop.jdbc.update(
        "update webhook_endpoint set secret = '\\x00' where id = ?", broken.endpoint().id());
    shop.enqueue("withdrawal.succeeded");

    Shop.runToQuiet(shop.deliverer(Shop.DIRECT));

    assertThat(shop.onlyDelivery(broken).state()).isEqualTo(State.PENDING);
    assertThat(shop.onlyDelivery(broken).lastError()).contains("could not be sent");
    assertThat(shop.onlyDelivery(fine).state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void measuresWhatWaits() {
    shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    shop.receiver.on("/hook", _ -> 500);
    Deliverer deliverer = shop.deliverer(Shop.DIRECT);
    Shop.runToQuiet(deliverer);
    shop.clock.turn(Duration.ofMinutes(5));

    deliverer.runOnce(); // claims the one, and measures once the interval is over

    assertThat(shop.meters.get("sluice.webhook.pending").gauge().value()).isEqualTo(1);
    assertThat(shop.meters.get("sluice.webhook.oldest.due.age").gauge().value())
        .isBetween(290.0, 300.0);
  }

  @Test
  void findsItsWorkWithoutReadingWholeTables() {
    Registered registered = shop.register("/hook");
    fillWithFinishedDeliveries(registered.endpoint().id(), 60_000);
    HikariDataSource pool = shop.anotherPool(1);
    Deliverer deliverer =
        shop.deliverer(Shop.DIRECT, (_, _, _, _) -> new Sender.Answer.Answered(200, null), pool);
    for (int i = 0; i < 40; i++) {
      shop.enqueue("withdrawal.succeeded");
    }
    long before = wholeReads();

    Shop.runToQuiet(deliverer);
    pool.close(); // a session tells its figures when it ends

    Shop.await("its figures", () -> updates() >= 80);
    assertThat(wholeReads()).isEqualTo(before);
  }

  private void fillWithFinishedDeliveries(UUID endpoint, int rows) {
    shop.jdbc.update(
        """
        with n as (insert into notification
                   select gen_random_uuid(), 'withdrawal.succeeded', gen_random_uuid(), 3, '{}', now()
                     from generate_series(1, ?) returning id)
        insert into notification_delivery
               (endpoint_id, notification_id, state, tries, created_at, updated_at)
        select ?, id, 'DELIVERED', 1, now(), now() from n
        """,
        rows,
        endpoint);
    shop.jdbc.execute("vacuum analyze notification");
    shop.jdbc.execute("vacuum analyze notification_delivery");
  }

  private long wholeReads() {
    return statistic(
        "select sum(seq_scan) from pg_stat_user_tables"
            + " where relname in ('notification', 'notification_delivery')");
  }

  private long updates() {
    return statistic(
        "select n_tup_upd from pg_stat_user_tables where relname = 'notification_delivery'");
  }

  private long statistic(String sql) {
    shop.jdbc.execute("select pg_stat_force_next_flush()");
    Long value = shop.jdbc.queryForObject(sql, Long.class);
    return value == null ? 0 : value;
  }
}

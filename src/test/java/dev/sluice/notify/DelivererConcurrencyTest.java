package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.notify.Delivery.State;
import dev.sluice.notify.Registration.Registered;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances, slow and dead ones, and what is kept when something breaks. */
class DelivererConcurrencyTest {
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
  void twoInstancesNeverSendTheSameOneAtOnceAndLoseNone() throws Exception {
    shop.register("/a");
    shop.register("/b");
    for (int i = 0; i < 300; i++) {
      shop.enqueue("withdrawal.succeeded");
    }
    Map<String, Integer> sent = new ConcurrentHashMap<>();
    Sender counting =
        (url, secret, event, body) -> {
          sent.merge(url + event, 1, Integer::sum);
          return shop.sender.send(url, secret, event, body);
        };

    try (ExecutorService instances = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 2; i++) {
        Deliverer instance = shop.deliverer(Shop.VIRTUAL, counting, shop.anotherPool(4));
        instances.execute(() -> Shop.runToQuiet(instance));
      }
    }

    assertThat(sent).hasSize(600);
    assertThat(Collections.max(sent.values())).isEqualTo(1);
    assertThat(shop.pending()).isZero();
    assertThat(shop.receiver.mostAtOnce("/a")).isLessThanOrEqualTo(4); // two in each instance
  }

  @Test
  void goesOnWithWhatADeadInstanceHadLeasedOnceTheLeaseHasEnded() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    Deliverer dying = shop.deliverer(_ -> {});
    assertThat(dying.runOnce()).isEqualTo(1);
    Deliverer other = shop.deliverer(Shop.DIRECT);

    Shop.runToQuiet(other);
    assertThat(shop.receiver.got("/hook")).isEmpty();
    shop.clock.turn(Duration.ofSeconds(31)); // six deadlines of five seconds
    Shop.runToQuiet(other);

    assertThat(shop.onlyDelivery(registered).state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void doesNotStartACallThatCouldOutlastItsLease() {
    shop.register("/hook");
    Notice notice = shop.enqueue("withdrawal.succeeded");
    Map<Runnable, Boolean> held = new HashMap<>();
    Deliverer slow = shop.deliverer(call -> held.put(call, true));
    slow.runOnce();
    shop.clock.turn(Duration.ofSeconds(26));

    held.keySet().forEach(Runnable::run);
    assertThat(shop.receiver.got("/hook")).isEmpty();
    slow.runOnce();

    Shop.runToQuiet(shop.deliverer(Shop.DIRECT, shop.sender));
    assertThat(shop.receiver.got("/hook")).isEmpty(); // the first instance has claimed it anew
    held.keySet().forEach(Runnable::run);
    assertThat(shop.receiver.got("/hook"))
        .extracting(Receiver.Got::id)
        .containsExactly(notice.id().toString());
  }

  @Test
  void aSlowEndpointHoldsUpNoOther() {
    CountDownLatch open = new CountDownLatch(1);
    Registered slow = shop.register("/slow");
    Registered fast = shop.register("/fast");
    shop.receiver.holdOn("/slow", open);
    for (int i = 0; i < 100; i++) {
      shop.enqueue("withdrawal.succeeded");
    }
    Deliverer deliverer = shop.deliverer(Shop.VIRTUAL);

    Shop.await(
        "all to the fast one",
        () -> {
          deliverer.runOnce();
          return shop.receiver.got("/fast").size() == 100;
        });

    assertThat(shop.endpoints.deliveries(slow.endpoint().id(), null, 200))
        .noneMatch(delivery -> delivery.state() == State.DELIVERED);
    assertThat(shop.receiver.mostAtOnce("/slow")).isLessThanOrEqualTo(2);
    open.countDown();
    Shop.runToQuiet(deliverer);
    assertThat(shop.endpoints.deliveries(fast.endpoint().id(), null, 200))
        .hasSize(100)
        .allMatch(delivery -> delivery.state() == State.DELIVERED);
  }

  @Test
  void keepsResultsThatCouldNotBeRecorded() {
    Registered registered = shop.register("/hook");
    shop.enqueue("withdrawal.succeeded");
    Deliverer deliverer = shop.deliverer(Shop.DIRECT);
    deliverer.runOnce();
    shop.jdbc.execute(
        "alter table notification_delivery add constraint broken check (state <> 'DELIVERED')");
    assertThatThrownBy(deliverer::runOnce).isInstanceOf(RuntimeException.class);
    shop.jdbc.execute("alter table notification_delivery drop constraint broken");

    Shop.runToQuiet(deliverer);

    assertThat(shop.receiver.got("/hook")).hasSize(1);
    assertThat(shop.onlyDelivery(registered).state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void recordsAndHandsBackWhenItCloses() {
    Registered registered = shop.register("/hook");
    for (int i = 0; i < 8; i++) {
      shop.enqueue("withdrawal.succeeded");
    }
    CountDownLatch open = new CountDownLatch(1);
    shop.receiver.holdOn("/hook", open);
    Deliverer closing = shop.deliverer(Shop.VIRTUAL);
    closing.runOnce();
    Shop.await("two calls under way", () -> shop.receiver.got("/hook").size() == 2);
    AtomicBoolean closed = new AtomicBoolean();
    Thread closer =
        Thread.ofVirtual()
            .start(
                () -> {
                  closing.close();
                  closed.set(true);
                });

    // close() waits for a free step, and then for the calls; only then the endpoint answers
    Shop.await("closing", () -> closer.getState() == Thread.State.TIMED_WAITING || closed.get());
    open.countDown();
    Shop.await("closed", closed::get);

    assertThat(shop.endpoints.deliveries(registered.endpoint().id(), null, 10))
        .filteredOn(delivery -> delivery.state() == State.DELIVERED)
        .hasSize(2);
    Shop.runToQuiet(shop.deliverer(Shop.DIRECT)); // no lease is left to wait for
    assertThat(shop.pending()).isZero();
    assertThat(shop.receiver.got("/hook")).hasSize(8);
  }
}

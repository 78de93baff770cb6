package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.notify.Registration.Refused;
import dev.sluice.notify.Registration.Registered;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookEndpointsTest {
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
  void showsTheSecretOnceAndKeepsItSealed() {
    Registered registered = shop.register("/hook", "withdrawal.succeeded");

    assertThat(registered.secret()).startsWith("whsec_");
    byte[] secret = Base64.getDecoder().decode(registered.secret().substring(6));
    assertThat(secret).hasSize(32);
    assertThat(registered.toString()).doesNotContain(registered.secret());
    byte[] stored =
        Objects.requireNonNull(
            shop.jdbc.queryForObject("select secret from webhook_endpoint", byte[].class));
    assertThat(shop.vault.open(stored, "webhook")).isEqualTo(secret);
    assertThat(stored).isNotEqualTo(secret);
    assertThat(shop.endpoints.list()).containsExactly(registered.endpoint());
    assertThat(shop.endpoints.find(registered.endpoint().id())).contains(registered.endpoint());
  }

  @Test
  void givesEveryEndpointASecretOfItsOwn() {
    assertThat(shop.register("/a").secret()).isNotEqualTo(shop.register("/a").secret());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hook",
        "ftp://shop.example/",
        "https:///hook",
        "https://user:pw@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:x/",
        "https://店铺.example/",
        "https://shop example/",
        "https://shop.example/\r\nx: y",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2886729728/",
        "https://0x0a.0.0.1/",
        "https://10.1/",
        "https://0300.0250.0.1/",
        "https://010.8.8.8/",
        "file:///etc/passwd",
        "javascript:alert(1)"
      })
  void refusesUrlsThatCanBeNoTarget(String url) {
    assertThat(shop.endpoints.register(url, List.of(), "ops-1"))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.field()).isEqualTo("url"));
    assertThat(shop.endpoints.list()).isEmpty();
  }

  @Test
  void refusesUrlsThatAreTooLong() {
    assertThat(
            shop.endpoints.register("https://shop.example/" + "a".repeat(2048), List.of(), "ops-1"))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example/hook?token=x%20y",
        "https://SHOP.example:8443/hook",
        "HTTPS://8.8.8.8/",
        "https://[2606:4700::1111]/hook",
        "https://127.0.0.1/allowed-by-setting"
      })
  void takesUrlsThatMayBeTargets(String url) {
    assertThat(shop.endpoints.register(url, List.of(), "ops-1")).isInstanceOf(Registered.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://shop.example/", "https://localhost/", "https://shop.localhost/"})
  void refusesPlainHttpAndLoopbackByDefault(String url) {
    TargetGuard guard = new TargetGuard(List.of(), TargetGuardTest.names("8.8.8.8"));

    assertThat(EndpointUrl.refusal(url, false, guard)).isPresent();
  }

  @Test
  void refusesUnknownEventTypesAndNamesTheKnownOnes() {
    assertThat(shop.endpoints.register("https://shop.example/", List.of("withdrawal.done"), "o"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.field()).isEqualTo("events");
              assertThat(refused.reason()).contains("withdrawal.refunded");
            });
  }

  @Test
  void keepsToItsLimitWhenManyRegisterAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 12)
          .forEach(
              i ->
                  threads.execute(
                      () -> shop.endpoints.register("https://shop.example/" + i, List.of(), "o")));
    }
    assertThat(shop.endpoints.list()).hasSize(3);

    shop.endpoints.delete(shop.endpoints.list().getFirst().id(), "ops-1");

    assertThat(shop.endpoints.register("https://shop.example/", List.of(), "o"))
        .isInstanceOf(Registered.class);
  }

  @Test
  void deletesOnceAndKeepsTheEvidence() {
    Registered registered = shop.register("/hook");
    Notice notice = shop.enqueue("withdrawal.failed");
    UUID id = registered.endpoint().id();

    assertThat(shop.endpoints.delete(id, "ops-2")).isTrue();

    assertThat(shop.endpoints.delete(id, "ops-3")).isFalse();
    assertThat(shop.endpoints.find(id)).isEmpty();
    assertThat(shop.endpoints.list()).isEmpty();
    assertThat(shop.endpoints.redeliver(id, notice.id())).isFalse();
    assertThat(shop.onlyDelivery(registered).eventId()).isEqualTo(notice.id());
    assertThat(shop.jdbc.queryForObject("select deleted_by from webhook_endpoint", String.class))
        .isEqualTo("ops-2");
  }

  @Test
  void listsDeliveriesNewestFirstInPages() {
    Registered registered = shop.register("/hook");
    UUID endpoint = registered.endpoint().id();
    List<UUID> events =
        IntStream.range(0, 5)
            .mapToObj(
                _ -> {
                  shop.clock.turn(Duration.ofMillis(1));
                  return shop.enqueue("withdrawal.succeeded").id();
                })
            .toList()
            .reversed();

    List<Delivery> first = shop.endpoints.deliveries(endpoint, null, 2);
    List<Delivery> second = shop.endpoints.deliveries(endpoint, first.getLast().eventId(), 100);

    assertThat(first).extracting(Delivery::eventId).isEqualTo(events.subList(0, 2));
    assertThat(second).extracting(Delivery::eventId).isEqualTo(events.subList(2, 5));
    assertThat(first.getFirst().dueAt()).isEqualTo(shop.clock.instant());
    assertThat(first.getFirst().eventType()).isEqualTo("withdrawal.succeeded");
  }
}

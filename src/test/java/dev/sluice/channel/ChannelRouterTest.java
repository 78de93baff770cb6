package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.ChannelControl.Mode;
import dev.sluice.channel.ChannelRouter.Payable;
import dev.sluice.channel.RoutingSettings.Preference;
import dev.sluice.money.Money;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class ChannelRouterTest {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private final SettableClock clock = new SettableClock();
  private final SplittableRandom random = new SplittableRandom(7);
  private final ModelChannel main = new ModelChannel("main");
  private final ModelChannel backup = new ModelChannel("backup");
  private ChannelRouter router = router("00:00-24:00");

  private ChannelRouter router(String hours) {
    RoutingSettings d = RoutingSettings.defaults();
    return ChannelConfiguration.router(
        List.of(backup, main),
        new RoutingSettings(
            d.window(),
            d.minCalls(),
            d.sharedAbove(),
            d.brokenAbove(),
            d.backupShare(),
            d.probePause(),
            d.probeOrders(),
            d.fundsEvery(),
            Map.of(
                "main", new Preference(1, BigDecimal.ONE, hours, "Asia/Shanghai"),
                "backup", new Preference(2, BigDecimal.TEN, null, "Asia/Shanghai"))),
        new JdbcTemplate(DATABASE.dataSource()),
        clock,
        new SimpleMeterRegistry());
  }

  @BeforeEach
  void nobodySaidAnything() {
    new JdbcTemplate(DATABASE.dataSource()).update("delete from channel_control");
  }

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  private Payable order() {
    return new Payable(new UUID(random.nextLong(), random.nextLong()), "CNY", "CARD", 100);
  }

  private String chosen(Payable order, String... refusedBy) {
    return router.choose(order, Set.of(refusedBy)).map(Channel::name).orElse("none");
  }

  private int shareOfMain(int orders) {
    int count = 0;
    for (int i = 0; i < orders; i++) {
      count += chosen(order()).equals("main") ? 1 : 0;
    }
    return count * 100 / orders;
  }

  private void calls(int good, int bad) {
    for (int i = 0; i < good; i++) {
      router.record("main", new Outcome.Accepted("r"));
    }
    for (int i = 0; i < bad; i++) {
      router.record("main", new Outcome.Unknown(Outcome.Why.TIMEOUT, "T"));
    }
  }

  @Test
  void saysWhatNoChannelEverTakes() {
    router.control("main", ChannelControl.Mode.PAUSED, "for now", "anna");
    router.control("backup", ChannelControl.Mode.PAUSED, "for now", "anna");
    assertThat(router.neverTakes("CNY", "CARD", 100)).as("a pause ends").isEmpty();
    assertThat(router.neverTakes("CNY", "WECHAT", 100))
        .contains("No channel pays CNY to a beneficiary of kind WECHAT.");
    long most = main.limits().maxMinor();
    assertThat(router.neverTakes("CNY", "CARD", most)).isEmpty();
    assertThat(router.neverTakes("CNY", "CARD", most + 1).orElseThrow())
        .startsWith("Channels pay CNY to a beneficiary of kind CARD from 0.01 to ");
    ChannelRouter none =
        ChannelConfiguration.router(
            List.of(),
            RoutingSettings.defaults(),
            new JdbcTemplate(DATABASE.dataSource()),
            clock,
            new SimpleMeterRegistry());
    assertThat(none.neverTakes("CNY", "WECHAT", 100)).as("where others pay").isEmpty();
  }

  @Test
  void sendsAllToTheMainChannelBelowFivePercent() {
    calls(97, 3);
    assertThat(shareOfMain(200)).isEqualTo(100);
  }

  @Test
  void sharesBetweenFiveAndTwentyPercentEachOrderOnExactlyOneSide() {
    calls(90, 10);
    assertThat(shareOfMain(2_000)).isBetween(42, 58);
    Payable order = order();
    String first = chosen(order);
    for (int i = 0; i < 50; i++) {
      assertThat(chosen(order)).isEqualTo(first);
    }
  }

  @Test
  void sendsAllToTheBackupAboveTwentyPercentAndRecoversByProbes() {
    calls(70, 30);
    assertThat(shareOfMain(200)).isZero();
    clock.advance(Duration.ofSeconds(6));
    router.lookAfter();
    assertThat(shareOfMain(100)).isEqualTo(5); // five probes, no more
    for (int i = 0; i < 5; i++) {
      router.record("main", new Outcome.Accepted("r"));
    }
    assertThat(shareOfMain(200)).isEqualTo(100);
  }

  @Test
  void opensAgainWhenTheProbesFail() {
    calls(70, 30);
    clock.advance(Duration.ofSeconds(6));
    router.lookAfter();
    shareOfMain(100);
    for (int i = 0; i < 5; i++) {
      router.record("main", new Outcome.Unknown(Outcome.Why.TIMEOUT, "T"));
    }
    assertThat(shareOfMain(100)).isZero();
  }

  @Test
  void opensAgainWhenTheProbesNeverComeBack() {
    calls(70, 30);
    clock.advance(Duration.ofSeconds(6));
    router.lookAfter();
    shareOfMain(100);
    clock.advance(Duration.ofSeconds(61));
    router.lookAfter();
    assertThat(router.status().get(1).breaker()).isEqualTo("OPEN");
  }

  @Test
  void doesNotBlameTheChannelForItsBeneficiaries() {
    for (int i = 0; i < 100; i++) {
      router.record("main", new Outcome.Refused("ACCOUNT_CLOSED", "closed", true));
    }
    assertThat(shareOfMain(100)).isEqualTo(100);
  }

  @Test
  void letsOrdersWaitWhenAllChannelsAreBrokenAndNeverFailsThem() {
    for (int i = 0; i < 100; i++) {
      router.record("main", new Outcome.Unknown(Outcome.Why.NO_CONNECTION, "C"));
      router.record("backup", new Outcome.Unknown(Outcome.Why.NO_CONNECTION, "C"));
    }
    assertThat(chosen(order())).isEqualTo("none");
    assertThat(router.hasAnother(order(), Set.of("main"))).isTrue();
  }

  @Test
  void passesByWhoeverRefused() {
    assertThat(chosen(order(), "main")).isEqualTo("backup");
    assertThat(chosen(order(), "main", "backup")).isEqualTo("none");
    assertThat(router.hasAnother(order(), Set.of("main", "backup"))).isFalse();
  }

  @Test
  void doesWhatAPersonSaysOnEveryInstance() {
    ChannelRouter other = router("00:00-24:00");
    other.control("main", Mode.PAUSED, "maintenance", "ops-1");
    router.lookAfter();
    assertThat(shareOfMain(100)).isZero();
    assertThat(router.hasAnother(order(), Set.of("backup"))).isTrue();
    other.control("main", Mode.PINNED, "backup is expensive", "ops-1");
    router.lookAfter();
    calls(0, 100);
    assertThat(shareOfMain(100)).isEqualTo(100);
    other.control("main", Mode.AUTO, "all is well", "ops-1");
    router.lookAfter();
    assertThat(shareOfMain(100)).isZero();
  }

  @Test
  void passesByWhoeverHasTooLittleFundsAndNeverAsksWhileItChooses() {
    main.onFunds(c -> c.equals("CNY") ? Optional.of(Money.ofMinor(99, "CNY")) : Optional.empty());
    assertThat(chosen(order())).as("not asked yet").isEqualTo("main");
    router.askFunds();
    int asked = main.fundsAsked();
    assertThat(shareOfMain(100)).isZero();
    assertThat(router.hasAnother(order(), Set.of("backup"))).isTrue();
    assertThat(router.status().get(1).funds()).containsExactly(Money.ofMinor(99, "CNY"));
    router.lookAfter();
    assertThat(main.fundsAsked()).isEqualTo(asked);

    main.onFunds(c -> Optional.of(Money.ofMinor(100, "CNY")));
    router.askFunds();
    assertThat(shareOfMain(100)).isEqualTo(100);
  }

  @Test
  void takesNoOldWordForWhatAChannelHas() {
    main.onFunds(c -> Optional.of(Money.ofMinor(0, "CNY")));
    router.askFunds();
    assertThat(main.fundsAsked()).as("no order came in any currency").isZero();
    assertThat(chosen(order())).isEqualTo("main");
    router.askFunds();
    assertThat(main.fundsAsked()).as("in CNY alone").isEqualTo(1);
    main.onFunds(
        c -> {
          throw new IllegalStateException("the client is broken");
        });
    backup.onFunds(c -> Optional.of(Money.ofMinor(1, "CNY")));
    router.askFunds();
    assertThat(chosen(order())).as("backup was asked, too").isEqualTo("none");
    clock.advance(RoutingSettings.defaults().fundsEvery().multipliedBy(3));
    assertThat(chosen(order())).isEqualTo("main");
  }

  @Test
  void keepsToAChannelsHoursInItsOwnZone() {
    router = router("08:00-22:00"); // the clock starts at 16:00 in Shanghai
    assertThat(shareOfMain(20)).isEqualTo(100);
    clock.advance(Duration.ofHours(7));
    assertThat(shareOfMain(20)).isZero();
    router = router("22:00-06:00");
    assertThat(shareOfMain(20)).isEqualTo(100);
  }
}

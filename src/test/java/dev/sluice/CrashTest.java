package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.support.CrashingDataSource;
import dev.sluice.support.CrashingDataSource.Crash;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.AcceptResult;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same three withdrawals, with the instance dying at its n-th commit: before it, or after it.
 * Whatever n is, a new instance on the same database ends with each order paid exactly once.
 */
class CrashTest {
  private static final int ORDERS = 3;
  private static final Duration LONGER_THAN_THE_ACCEPTANCE_WINDOW = Duration.ofMinutes(10);

  @ParameterizedTest
  @EnumSource(Crash.class)
  void paysEachOrderOnceWhereverItDies(Crash when) {
    int commit = 1;
    while (survives(when, commit, ModelChannel::pay, LONGER_THAN_THE_ACCEPTANCE_WINDOW)) {
      commit++;
    }
    assertThat(commit).isGreaterThan(5);
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void paysEachOrderOnceWhereverItDiesWhileTheChannelTimesOut(Crash when) {
    BiFunction<ModelChannel, String, Outcome> paysAndTimesOut =
        (world, number) -> {
          world.pay(number);
          return new Outcome.Unknown(Outcome.Why.TIMEOUT, "T");
        };
    int commit = 1;
    while (survives(when, commit, paysAndTimesOut, Duration.ZERO)) {
      commit++;
    }
    assertThat(commit).isGreaterThan(5);
  }

  /**
   * Returns false once the instance finished before it reached the commit at which it would die.
   */
  private static boolean survives(
      Crash when,
      int atCommit,
      BiFunction<ModelChannel, String, Outcome> behaviour,
      Duration down) {
    SettableClock clock = new SettableClock();
    ModelChannel bank = new ModelChannel("bank").onInstruct(behaviour);
    try (TestDatabase database = TestDatabase.create()) {
      try (Engine setup = new Engine(database.dataSource(), clock, bank)) {
        setup.wallet("u1", 1_000_000);
      }
      CrashingDataSource dying = new CrashingDataSource(database.dataSource(), when, atCommit);
      List<Withdrawal> told = new ArrayList<>();
      try (Engine first = new Engine(dying, clock, bank)) {
        run(first, clock, told);
      } catch (RuntimeException expected) {
        assertThat(dying.crashed()).isTrue();
      }
      clock.advance(down);
      try (Engine second =
          new Engine(database.dataSource(), clock, Engine.Options.defaults().withSeed(2), bank)) {
        // The client sends again what got no answer, with the same keys.
        run(second, clock, new ArrayList<>());
        for (int i = 0; i < 5; i++) {
          clock.advance(Duration.ofMinutes(1));
          second.settle();
        }
        for (Withdrawal order : told) {
          assertThat(second.find(order.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
        }
        assertThat(bank.payments()).isEqualTo(ORDERS);
        assertThat(second.account("u1").available().minor()).isEqualTo(1_000_000 - ORDERS * 1_000);
        Invariants.checkAtRest(second.jdbc);
      }
      return dying.crashed();
    }
  }

  private static void run(Engine engine, SettableClock clock, List<Withdrawal> told) {
    for (int i = 0; i < ORDERS; i++) {
      AcceptResult result = engine.withdraw("u1", "k" + i, 1_000);
      if (result instanceof AcceptResult.Accepted(Withdrawal order)) {
        told.add(order);
      }
    }
    engine.settle();
    clock.advance(Duration.ofSeconds(10));
    engine.settle();
  }
}

package dev.sluice.payout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome;
import dev.sluice.support.Engine;
import dev.sluice.support.Invariants;
import dev.sluice.support.ModelChannel;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import dev.sluice.withdrawal.Withdrawal;
import dev.sluice.withdrawal.WithdrawalState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * An instance that stands still after it has written down that it sends, for longer than the
 * channel's acceptance window, may not send when it wakes: another instance may have paid elsewhere
 * by then. A simulated history found this.
 */
class StandstillTest {
  private static final Outcome.Unknown NOTHING =
      new Outcome.Unknown(Outcome.Why.TIMEOUT, "TIMEOUT");

  private final SettableClock clock = new SettableClock();
  private final ModelChannel bank = ModelChannel.withoutDedup("bank");
  private final ModelChannel backup = new ModelChannel("backup");

  @Test
  void doesNotSendWhatAnotherHasPaidElsewhereMeanwhile() {
    try (TestDatabase database = TestDatabase.create();
        Engine stopped = new Engine(database.dataSource(), clock, bank, backup);
        Engine other = new Engine(database.dataSource(), clock, second(), bank, backup)) {
      stopped.wallet("u1", 1_000_000);
      stopped.accepted("u1", "k1", 1_000);
      Withdrawal later = stopped.accepted("u1", "k2", 2_000);
      // Both attempts are written; during the first call the instance is stopped.
      bank.onInstruct(
          (world, number) -> {
            if (world.sent().size() == 1) {
              asksUntilItIsPaidElsewhere(other);
            }
            return world.pay(number);
          });

      stopped.payouts.dispatchOnce();

      assertThat(other.find(later.id()).status()).isEqualTo(WithdrawalState.SUCCESS);
      assertThat(bank.sent()).hasSize(1);
      assertThat(bank.payments() + backup.payments()).isEqualTo(2);
      Invariants.checkAtRest(other.jdbc);
    }
  }

  private void asksUntilItIsPaidElsewhere(Engine other) {
    bank.onInstruct((world, number) -> NOTHING);
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofSeconds(70));
      other.settle();
    }
    bank.onInstruct(ModelChannel::pay);
  }

  private static Engine.Options second() {
    return Engine.Options.defaults().withSeed(2);
  }
}

package dev.sluice.channel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FaultsTest {
  private static final PaymentKey KEY = new PaymentKey("bank", "r1");
  private static final String ACCOUNT = "6222081234561234";

  private final Faults faults = new Faults();

  @Test
  void hitsAsOftenAsTold() {
    faults.add(rule(Fault.ERROR_500, 2, 1));

    assertThat(hits(10)).isEqualTo(2);
    assertThat(faults.inForce()).isEmpty();
  }

  @Test
  void hitsForEverUntilCleared() {
    faults.add(rule(Fault.ERROR_500, -1, 1));

    assertThat(hits(10)).isEqualTo(10);
    faults.clear();
    assertThat(hits(10)).isZero();
  }

  @Test
  void hitsWithAProbabilityThatItsSeedRepeats() {
    faults.add(rule(Fault.ERROR_500, -1, 0.3));
    int first = hits(1_000);
    faults.clear();
    faults.add(rule(Fault.ERROR_500, -1, 0.3));

    assertThat(hits(1_000)).isEqualTo(first).isBetween(240, 360);
  }

  @Test
  void hitsOnlyWhatItMatches() {
    faults.add(new FaultRule(Fault.ERROR_500, -1, "bank", "r1", "1234", null, null, 1, 0));

    assertThat(faults.draw(Fault.When.EVERY_CALL, KEY, ACCOUNT)).containsKey(Fault.ERROR_500);
    assertThat(faults.draw(Fault.When.EVERY_CALL, KEY, "622208******1235")).isEmpty();
    assertThat(faults.draw(Fault.When.EVERY_CALL, new PaymentKey("bank", "r2"), ACCOUNT)).isEmpty();
    assertThat(faults.draw(Fault.When.EVERY_CALL, new PaymentKey("file", "r1"), ACCOUNT)).isEmpty();
  }

  @Test
  void keepsItsCountAtAMomentThatItIsNotFor() {
    faults.add(rule(Fault.NOT_FOUND_TIMES, 1, 1));

    assertThat(faults.draw(Fault.When.EVERY_CALL, KEY, ACCOUNT)).isEmpty();
    assertThat(faults.draw(Fault.When.QUERY, KEY, ACCOUNT)).containsKey(Fault.NOT_FOUND_TIMES);
  }

  @Test
  void refusesARuleThatMakesNoSense() {
    assertThatThrownBy(() -> rule(Fault.DOWN, 0, 1)).hasMessageContaining("count");
    assertThatThrownBy(() -> rule(Fault.DOWN, 1, 0)).hasMessageContaining("probability");
    assertThatThrownBy(() -> rule(Fault.DOWN, 1, Double.NaN)).hasMessageContaining("probability");
    assertThatThrownBy(
            () -> new FaultRule(Fault.DOWN, 1, null, null, "6222081234", null, null, 1, 0))
        .hasMessageContaining("accountSuffix");
  }

  private int hits(int calls) {
    int hits = 0;
    for (int i = 0; i < calls; i++) {
      hits += faults.draw(Fault.When.EVERY_CALL, KEY, ACCOUNT).size();
    }
    return hits;
  }

  private static FaultRule rule(Fault fault, int count, double probability) {
    return new FaultRule(fault, count, null, null, null, null, null, probability, 42);
  }
}

package dev.sluice.channel.simulator;

import dev.sluice.money.Ids;
import dev.sluice.money.Masking;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Decides, when an instruction is taken, what will become of it. */
final class Planning {
  private static final Duration LATE = Duration.ofSeconds(5);

  private final Duration settleDelay;
  private final Clock clock;
  private final Ids ids;
  private final Faults faults;
  private final Funds funds;

  Planning(Duration settleDelay, Clock clock, Ids ids, Faults faults, Funds funds) {
    this.settleDelay = settleDelay;
    this.clock = clock;
    this.ids = ids;
    this.faults = faults;
    this.funds = funds;
  }

  /** The entry to take it with; from here on only the masked number is known. */
  JournalEntry.Taken plan(Instruction instruction) {
    PaymentKey key = instruction.key();
    Map<Fault, FaultRule> drawn = faults.draw(Fault.When.TAKING, key, instruction.account());
    Payment.Plan plan = Payment.Plan.PAY;
    Duration delay = settleDelay;
    boolean byItself = true;
    String code = "BANK_LIMIT";
    for (FaultRule rule : drawn.values()) {
      switch (rule.fault()) {
        case PAY_LATE -> delay = rule.delayOr(LATE);
        case KEEP_PROCESSING -> {
          byItself = rule.delay() != null;
          delay = rule.delayOr(settleDelay);
        }
        case REFUSE, REFUSE_BENEFICIARY -> {
          plan = Payment.Plan.REFUSE;
          delay = Duration.ZERO;
          code = rule.codeOr(rule.fault() == Fault.REFUSE ? code : "ACCOUNT_CLOSED");
        }
        case ACCEPT_THEN_REFUSE -> {
          plan = Payment.Plan.REFUSE_LATER;
          delay = rule.delayOr(settleDelay);
          code = rule.codeOr(code);
        }
        default -> {} // bound to the payment below
      }
    }
    Set<Fault> bound =
        EnumSet.of(
            Fault.NO_CALLBACK, Fault.CALLBACK_TWICE, Fault.WRONG_AMOUNT, Fault.WRONG_BENEFICIARY);
    bound.retainAll(drawn.keySet());
    if (funds.isShortFor(instruction.amount())) {
      plan = Payment.Plan.REFUSE;
      delay = Duration.ZERO;
      code = "INSUFFICIENT_BANK_FUNDS";
    }
    long now = clock.millis();
    return new JournalEntry.Taken(
        key.protocol(),
        key.requestNo(),
        instruction.bodyHash(),
        instruction.amount().minor(),
        instruction.amount().currency().getCurrencyCode(),
        Masking.mask(instruction.account()),
        plan,
        byItself ? now + delay.toMillis() : null,
        code,
        bound,
        "BK" + Ids.requestNumber(ids.next()),
        now);
  }
}

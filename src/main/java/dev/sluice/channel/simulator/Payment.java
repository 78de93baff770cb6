package dev.sluice.channel.simulator;

import dev.sluice.money.Money;
import java.util.Currency;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of the bank's own record. Immutable; {@link PaymentBook} replaces it.
 *
 * @param bodyHash of the instruction, to know the same request number with another body
 * @param account masked: the full number isn't kept
 * @param plan what it means to do when it is due
 * @param dueAtMillis when, in epoch milliseconds; null for "not by itself"
 * @param timesPaid more than once only if it was told to forget what it had paid
 * @param returned the sum that came back
 * @param lastReturned the amount of the last return
 */
record Payment(
    PaymentKey key,
    String bodyHash,
    Money amount,
    String account,
    State state,
    Plan plan,
    @Nullable Long dueAtMillis,
    String refusalCode,
    Set<Fault> faults,
    String reference,
    int timesPaid,
    Money returned,
    Money lastReturned,
    @Nullable String returnReference,
    long takenAtMillis) {

  /** Where it stands. */
  enum State {
    PROCESSING,
    PAID,
    REFUSED,
    RETURNED
  }

  /** What the bank means to do with it. */
  enum Plan {
    PAY,
    /** With the reply. */
    REFUSE,
    /** After having accepted it. */
    REFUSE_LATER
  }

  static Payment taken(JournalEntry.Taken entry) {
    Money amount = Money.ofMinor(entry.minor(), entry.currency());
    Money nothing = Money.zero(Currency.getInstance(entry.currency()));
    return new Payment(
        new PaymentKey(entry.protocol(), entry.requestNo()),
        entry.bodyHash(),
        amount,
        entry.account(),
        State.PROCESSING,
        entry.plan(),
        entry.dueAtMillis(),
        entry.refusalCode(),
        Set.copyOf(entry.faults()),
        entry.reference(),
        0,
        nothing,
        nothing,
        null,
        entry.atMillis());
  }

  Payment paid() {
    return with(State.PAID, refusalCode, timesPaid + 1, returned, lastReturned, returnReference);
  }

  Payment refused(String code) {
    return with(State.REFUSED, code, timesPaid, returned, lastReturned, returnReference);
  }

  Payment returned(Money back, String withReference) {
    return with(State.RETURNED, refusalCode, timesPaid, returned.plus(back), back, withReference);
  }

  private Payment with(
      State nextState,
      String nextCode,
      int nextTimesPaid,
      Money nextReturned,
      Money nextLastReturned,
      @Nullable String nextReturnReference) {
    return new Payment(
        key,
        bodyHash,
        amount,
        account,
        nextState,
        plan,
        dueAtMillis,
        nextCode,
        faults,
        reference,
        nextTimesPaid,
        nextReturned,
        nextLastReturned,
        nextReturnReference,
        takenAtMillis);
  }
}

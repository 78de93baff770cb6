package dev.sluice.channel.simulator;

import dev.sluice.channel.simulator.Answer.Manner;
import dev.sluice.channel.simulator.Report.Said;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the bank does with instructions and queries, whichever protocol they came by: takes, pays,
 * refuses, calls back, and does wrong what it was told to do wrong.
 */
final class PaymentDesk {
  private static final Duration LONGER_THAN_ANYBODY_WAITS = Duration.ofSeconds(60);

  private final String merchantId;
  private final Duration settleDelay;
  private final Clock clock;
  private final Ids ids;
  private final PaymentBook book;
  private final Faults faults;
  private final CallbackSender callbacks;
  private final Timer timer;
  private final Planning planning;

  PaymentDesk(
      SimulatorSettings settings,
      Clock clock,
      Ids ids,
      PaymentBook book,
      Faults faults,
      CallbackSender callbacks,
      Timer timer,
      Funds funds) {
    this.merchantId = settings.merchantId();
    this.settleDelay = settings.settleDelay();
    this.clock = clock;
    this.ids = ids;
    this.book = book;
    this.faults = faults;
    this.callbacks = callbacks;
    this.timer = timer;
    this.planning = new Planning(settleDelay, clock, ids, faults, funds);
  }

  /** Goes on with what was under way when the bank stopped. */
  void resume() {
    book.payments().stream()
        .filter(payment -> payment.state() == Payment.State.PROCESSING)
        .forEach(this::settleWhenDue);
    book.owed().forEach(callbacks::send);
  }

  /** Takes an instruction. */
  Answer instruct(Instruction instruction) {
    PaymentKey key = instruction.key();
    Answer broken = brokenCall(key, instruction.account());
    if (broken != null) {
      return broken;
    }
    PaymentBook.Taking taking = book.take(key, () -> planning.plan(instruction));
    Payment payment = taking.payment();
    if (taking.isNew()) {
      if (payment.plan() == Payment.Plan.REFUSE) {
        book.refuse(key, payment.refusalCode(), refused -> List.of());
      } else {
        settleWhenDue(payment);
      }
    } else if (!faults.draw(Fault.When.REPEAT, key, instruction.account()).isEmpty()) {
      book.payAgain(key, paid -> notices(paid, Said.PAID, settleDelay))
          .owed()
          .forEach(callbacks::send);
    } else if (!payment.bodyHash().equals(instruction.bodyHash())) {
      return says(
          key,
          instruction.account(),
          Report.bare(
              merchantId,
              key.requestNo(),
              Said.REFUSED,
              "DUPLICATE_OTHER_BODY",
              "This request number was used for another instruction"));
    }
    return answerInstruction(key, instruction.account());
  }

  /** Whether an instruction under this number was taken before. */
  boolean knows(PaymentKey key) {
    return book.find(key) != null;
  }

  /** Answers a query. */
  Answer query(PaymentKey key) {
    Payment payment = book.find(key);
    String account = payment == null ? "" : payment.account();
    Answer broken = brokenCall(key, account);
    if (broken != null) {
      return broken;
    }
    boolean hides = !faults.draw(Fault.When.QUERY, key, account).isEmpty();
    if (payment == null || hides) {
      return says(
          key,
          account,
          Report.bare(
              merchantId, key.requestNo(), Said.NOT_FOUND, "NOT_FOUND", "No such request number"));
    }
    return says(key, account, Report.of(merchantId, payment, said(payment, Said.PROCESSING)));
  }

  /**
   * Withdraws what isn't decided yet, some time after saying that it will: until then it may still
   * be paid.
   */
  Answer cancel(PaymentKey key, String code) {
    Payment payment = book.find(key);
    if (payment == null) {
      return query(key);
    }
    boolean open = payment.state() == Payment.State.PROCESSING;
    if (open) {
      timer.after(settleDelay, () -> settle(key, false, code));
    }
    Report report = Report.of(merchantId, payment, said(payment, Said.PROCESSING));
    return says(key, payment.account(), open ? report.withStatus("CANCELING") : report);
  }

  /** Whether it is to look as if nobody were there. */
  boolean isDown() {
    return faults.isInForce(Fault.DOWN);
  }

  /** Refuses an instruction for its form or sender, without any record of it. */
  Answer refuseUnread(PaymentKey key, String code, String message) {
    return new Answer.Says(
        Report.bare(merchantId, key.requestNo(), Said.REFUSED, code, message), Manner.AS_IT_SHOULD);
  }

  /**
   * Decides now what is under way.
   *
   * @return the payment as it then stands, or null if there is none
   */
  @Nullable Payment settle(PaymentKey key, boolean pay, String refusalCode) {
    PaymentBook.Change change =
        pay
            ? book.pay(key, paid -> notices(paid, Said.PAID, Duration.ZERO))
            : book.refuse(
                key, refusalCode, refused -> notices(refused, Said.REFUSED, Duration.ZERO));
    change.owed().forEach(callbacks::send);
    return change.payment();
  }

  /**
   * Gives money back and says so.
   *
   * @param amount null for all that is left
   * @param twice whether to send the callback twice
   * @return what became of it
   */
  PaymentBook.Change giveBack(PaymentKey key, @Nullable Money amount, boolean twice) {
    Payment payment = book.find(key);
    if (payment == null || payment.timesPaid() == 0) {
      return new PaymentBook.Change(payment, List.of(), false);
    }
    Money back = amount == null ? payment.amount().minus(payment.returned()) : amount;
    if (back.minor() == 0) {
      return new PaymentBook.Change(payment, List.of(), false);
    }
    PaymentBook.Change change =
        book.giveBack(
            key,
            back,
            "RT" + Ids.requestNumber(ids.next()),
            returned -> {
              List<Notice> notices = notices(returned, Said.RETURNED, Duration.ZERO);
              return twice && notices.size() == 1
                  ? List.of(
                      notices.getFirst(),
                      notice(key.protocol(), notices.getFirst().report(), Duration.ZERO))
                  : notices;
            });
    change.owed().forEach(callbacks::send);
    return change;
  }

  /** Sends a callback that says what it is told to say. */
  void callBack(String protocol, Report report, int times) {
    List<Notice> notices = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      notices.add(notice(protocol, report, Duration.ZERO));
    }
    book.owe(notices);
    notices.forEach(callbacks::send);
  }

  /** What the bank would say of a payment now. */
  Report report(Payment payment) {
    return Report.of(merchantId, payment, said(payment, Said.PROCESSING));
  }

  private @Nullable Answer brokenCall(PaymentKey key, String account) {
    Map<Fault, FaultRule> drawn = faults.draw(Fault.When.EVERY_CALL, key, account);
    if (drawn.containsKey(Fault.DOWN)) {
      return new Answer.HangsUp();
    }
    if (drawn.containsKey(Fault.THROTTLE_429)) {
      return new Answer.Throttles();
    }
    return drawn.containsKey(Fault.ERROR_500) ? new Answer.Fails() : null;
  }

  private Answer answerInstruction(PaymentKey key, String account) {
    Map<Fault, FaultRule> drawn = faults.draw(Fault.When.INSTRUCTION, key, account);
    boolean callsFirst = drawn.containsKey(Fault.CALLBACK_BEFORE_REPLY);
    boolean calledFirst = false;
    FaultRule timesOut = drawn.get(Fault.PAY_THEN_TIME_OUT);
    boolean failsAndPays = drawn.containsKey(Fault.ERROR_500_THEN_PAY);
    if (callsFirst || timesOut != null || failsAndPays) {
      PaymentBook.Change change =
          book.pay(key, paid -> notices(paid, Said.PAID, callsFirst ? Duration.ZERO : settleDelay));
      if (callsFirst) {
        change.owed().forEach(callbacks::sendNow);
        calledFirst = change.done();
      } else {
        change.owed().forEach(callbacks::send);
      }
    }
    Payment payment = Objects.requireNonNull(book.find(key));
    // What a client that was told of the callback first still gets is the reply from before it.
    Said said = calledFirst ? Said.ACCEPTED : said(payment, Said.ACCEPTED);
    Report report = Report.of(merchantId, payment, said);
    if (drawn.containsKey(Fault.DROP_REPLY)) {
      return new Answer.HangsUp();
    }
    if (failsAndPays) {
      return new Answer.Fails();
    }
    return timesOut == null
        ? says(key, account, report)
        : new Answer.SaysLate(report, timesOut.delayOr(LONGER_THAN_ANYBODY_WAITS));
  }

  private Answer says(PaymentKey key, String account, Report report) {
    Map<Fault, FaultRule> drawn = faults.draw(Fault.When.EVERY_REPLY, key, account);
    Manner manner = Manner.AS_IT_SHOULD;
    if (drawn.containsKey(Fault.HTML_REPLY)) {
      manner = Manner.HTML;
    } else if (drawn.containsKey(Fault.UNSIGNED_REPLY)) {
      manner = Manner.UNSIGNED;
    } else if (drawn.containsKey(Fault.FORGED_REPLY)) {
      manner = Manner.FORGED;
    }
    return new Answer.Says(report, manner);
  }

  private static Said said(Payment payment, Said whileUnderWay) {
    return switch (payment.state()) {
      case PROCESSING -> whileUnderWay;
      case PAID -> Said.PAID;
      case REFUSED -> Said.REFUSED;
      case RETURNED -> Said.RETURNED;
    };
  }

  private void settleWhenDue(Payment payment) {
    Long due = payment.dueAtMillis();
    if (due != null) {
      timer.after(
          Duration.ofMillis(due - clock.millis()),
          () -> {
            boolean pays = payment.plan() == Payment.Plan.PAY;
            var _ = settle(payment.key(), pays, payment.refusalCode());
          });
    }
  }

  private List<Notice> notices(Payment payment, Said said, Duration after) {
    if (payment.faults().contains(Fault.NO_CALLBACK)) {
      return List.of();
    }
    Function<Payment, Notice> one =
        p -> notice(p.key().protocol(), Report.of(merchantId, p, said), after);
    return payment.faults().contains(Fault.CALLBACK_TWICE)
        ? List.of(one.apply(payment), one.apply(payment))
        : List.of(one.apply(payment));
  }

  private Notice notice(String protocol, Report report, Duration after) {
    return new Notice(
        Ids.requestNumber(ids.next()), protocol, clock.millis() + after.toMillis(), report);
  }
}

package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every channel must do, against the simulated bank over its real transport. A provider's test
 * extends this and tells how to connect.
 */
public abstract class ChannelConformance extends ChannelProofs {
  @Test
  void paysOnceAndSaysSoByCallbackAndQuery() {
    String number = number();

    assertThat(send(number)).isInstanceOf(Outcome.Accepted.class);

    CallbackVerdict verdict = told(1).getFirst();
    assertThat(verdict).isInstanceOf(CallbackVerdict.Verified.class);
    CallbackVerdict.Verified verified = (CallbackVerdict.Verified) verdict;
    assertThat(verified.requestNumber()).isEqualTo(number);
    Outcome reported = ((ChannelEvent.Reported) verified.event()).outcome();
    Outcome queried = channel.query(number);
    assertPaid(queried);
    if (traits().contains(ProviderTrait.CALLBACKS_NAME_NOBODY)) {
      assertThat(reported)
          .isEqualTo(new Outcome.Paid(AMOUNT, null, ((Outcome.Paid) queried).reference()));
    } else {
      assertThat(reported).isEqualTo(queried);
    }
    assertThat(control.timesPaid(number)).isEqualTo(1);
  }

  @Test
  void preparesTheSameBytesEachTime() {
    PayoutInstruction instruction = instruction(number());

    assertThat(channel.prepare(instruction)).isEqualTo(channel.prepare(instruction));
  }

  @Test
  void theSameBytesSentFiftyTimesAtOncePayOnce() throws Exception {
    String number = number();
    byte[] request = channel.prepare(instruction(number));
    List<Callable<Outcome>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(() -> channel.instruct(number, request));
    }

    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var call : executor.invokeAll(calls)) {
        assertThat(call.get()).matches(this::isFineForARepeat);
      }
    }

    Eventually.until("paid", () -> control.timesPaid(number) > 0);
    Outcome again = channel.instruct(number, request);
    if (traits().contains(ProviderTrait.REPEATS_TELL_NOTHING)) {
      assertThat(again).matches(this::isFineForARepeat);
      Eventually.until("told", () -> kind(channel.query(number)).equals("Paid"));
    } else if (traits().contains(ProviderTrait.REPLIES_TELL_NO_DETAILS)) {
      assertThat(again).isInstanceOf(Outcome.Paid.class);
      assertPaid(channel.query(number));
    } else {
      assertPaid(again);
    }
    assertThat(control.timesPaid(number)).isEqualTo(1);
    assertThat(control.payments()).hasSize(1);
  }

  @Test
  void anotherInstructionUnderTheSameNumberIsNeitherPaidNorTakenForARefusal() {
    String number = number();
    send(number);
    PayoutInstruction other = instruction(number, Money.ofMinor(50_001, "CNY"));

    Outcome outcome = channel.instruct(number, channel.prepare(other));

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    Eventually.until("paid", () -> control.timesPaid(number) == 1);
    Eventually.until("told", () -> kind(channel.query(number)).equals("Paid"));
  }

  @Test
  void aNumberThatWasNeverSentIsNotFound() {
    assertThat(channel.query(number())).isEqualTo(unknown(Why.NOT_FOUND, notFoundCode()));
  }

  /** The provider's own code for a number that it doesn't know. */
  protected String notFoundCode() {
    return "NOT_FOUND";
  }

  /** What a fault must look like: at once, after a query, and in the bank's record. */
  public record Case(String fault, String options, String reply, String later, int timesPaid) {
    @Override
    public String toString() {
      return fault + options.replaceAll("[^A-Z_]+", " ").stripTrailing();
    }
  }

  static Stream<Case> faults() {
    return Stream.of(
        new Case("PAY_LATE", ",\"delayMillis\":300", "Accepted", "Paid", 1),
        new Case("REFUSE", "", "Refused", "Refused", 0),
        new Case("REFUSE", ",\"code\":\"NEVER_HEARD_OF\"", "UNLISTED_CODE", "UNLISTED_CODE", 0),
        new Case("REFUSE_BENEFICIARY", "", "Refused for ever", "Refused for ever", 0),
        new Case("PAY_THEN_TIME_OUT", "", "TIMEOUT", "Paid", 1),
        new Case("DROP_REPLY", "", "TIMEOUT", "Paid", 1),
        new Case("ERROR_500", "", "CHANNEL_ERROR", "NOT_FOUND", 0),
        new Case("ERROR_500_THEN_PAY", "", "CHANNEL_ERROR", "Paid", 1),
        new Case("NO_CALLBACK", "", "Accepted", "Paid", 1),
        new Case("CALLBACK_TWICE", "", "Accepted", "Paid", 1),
        new Case("CALLBACK_BEFORE_REPLY", "", "Accepted", "Paid", 1),
        new Case("ACCEPT_THEN_REFUSE", "", "Accepted", "Refused", 0),
        new Case("KEEP_PROCESSING", "", "Accepted", "Accepted", 0),
        new Case("NOT_FOUND_TIMES", ",\"count\":3", "Accepted", "Paid", 1),
        new Case("UNSIGNED_REPLY", "", "UNVERIFIED", "Paid", 1),
        new Case("FORGED_REPLY", "", "UNVERIFIED", "Paid", 1),
        new Case("HTML_REPLY", "", "UNREADABLE", "Paid", 1),
        new Case("THROTTLE_429", "", "THROTTLED", "NOT_FOUND", 0),
        new Case("WRONG_AMOUNT", "", "Accepted", "Paid otherwise", 1),
        new Case("WRONG_BENEFICIARY", "", "Accepted", "Paid otherwise", 1),
        new Case("DOWN", "", "TIMEOUT", "NOT_FOUND", 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void eachFaultHasItsOutcome(Case usual) {
    Case fault = expected(usual);
    String number = number();
    control.fault(fault.fault(), fault.options());

    assertThat(kind(send(number))).isEqualTo(fault.reply());

    Eventually.until(fault.later(), () -> kind(channel.query(number)).equals(fault.later()));
    Eventually.until("paid", () -> control.timesPaid(number) >= fault.timesPaid());
    assertThat(control.timesPaid(number)).isEqualTo(fault.timesPaid());
  }

  /** What the provider makes of a fault, where it isn't the usual. */
  protected Case expected(Case usual) {
    return usual;
  }

  private boolean isFineForARepeat(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> true;
      case Outcome.Paid ignored -> true;
      case Outcome.Refused ignored -> false;
      case Outcome.Unknown ignored -> traits().contains(ProviderTrait.REPEATS_TELL_NOTHING);
    };
  }

  @Test
  void notFoundIsSaidAsOftenAsTold() {
    String number = number();
    send(number);
    var _ = told(1);
    control.fault("NOT_FOUND_TIMES", ",\"count\":2");

    assertThat(kind(channel.query(number))).isEqualTo(whenNothingIsFound());
    assertThat(kind(channel.query(number))).isEqualTo(whenNothingIsFound());
    assertPaid(channel.query(number));
  }

  /** What a query says of a payment that was sent, while the provider finds nothing of it. */
  protected String whenNothingIsFound() {
    return "NOT_FOUND";
  }

  @Test
  void aBankThatForgetsItsDedupIsSeenInItsOwnRecord() {
    String number = number();
    send(number);
    Eventually.until("paid", () -> control.timesPaid(number) == 1);
    control.fault("FORGET_DEDUP");

    sendOnceMore(number);

    assertThat(control.timesPaid(number)).isEqualTo(2);
    Eventually.until("told", () -> kind(channel.query(number)).equals("Paid"));
  }

  /** Has a request that was sent reach the provider a second time. */
  protected void sendOnceMore(String number) {
    send(number);
  }

  @Test
  void aCallbackCanComeBeforeTheReply() {
    control.fault("CALLBACK_BEFORE_REPLY");

    Outcome reply = send(number());

    assertThat(told(1)).hasSize(1);
    assertThat(reply).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void aCallbackSentTwiceIsTheSameTwice() {
    control.fault("CALLBACK_TWICE");
    send(number());

    List<CallbackVerdict> both = told(2);

    assertThat(both.get(0)).isEqualTo(both.get(1));
  }

  @Test
  void aBankThatNeverCallsBackOwesNothing() {
    String number = number();
    control.fault("NO_CALLBACK");
    send(number);

    Eventually.until("paid", () -> control.timesPaid(number) == 1);
    assertThat(nothingIsOwed()).isTrue();
    assertThat(toldSoFar()).isEmpty();
    assertThat(kind(channel.query(number))).isEqualTo(whenNeverTold());
  }

  /** What a query says of a payment that was made and never told of. */
  protected String whenNeverTold() {
    return "Paid";
  }

  @Test
  void aReturnSentTwiceHasOneReference() {
    String number = number();
    send(number);
    var _ = told(1);
    forgetTold();

    control.call(
        "POST",
        "/control/return",
        "{\"requestNo\":\"%s\",\"amount\":\"499.00\",\"twice\":true}".formatted(number),
        200);

    if (traits().contains(ProviderTrait.SILENT_ON_RETURNS)) {
      assertThat(control.call("GET", "/payments?format=count", "", 200)).contains("\"payments\":1");
      assertPaid(channel.query(number));
      return;
    }
    List<CallbackVerdict> both = told(2);
    CallbackVerdict.Verified first = (CallbackVerdict.Verified) both.get(0);
    ChannelEvent.Returned returned = (ChannelEvent.Returned) first.event();
    assertThat(returned.amount()).isEqualTo(Money.ofMinor(49_900, "CNY"));
    assertThat(both.get(1)).isEqualTo(first);
    // What came back had been paid.
    assertPaid(channel.query(number));
  }

  @Test
  void theWholeAmountCanComeBack() {
    String number = number();
    send(number);
    var _ = told(1);
    forgetTold();

    control.call("POST", "/control/return", "{\"requestNo\":\"%s\"}".formatted(number), 200);

    assertThat(control.payment(number).orElseThrow().get("returned").asString())
        .isEqualTo(AMOUNT.decimal());
    if (traits().contains(ProviderTrait.SILENT_ON_RETURNS)) {
      // The statement tells; until then it is what it was, and no refusal.
      // The bank may not have read the answer to its first callback yet, which it owes till then.
      Eventually.until("nothing is owed", this::nothingIsOwed);
      assertThat(toldSoFar()).isEmpty();
    } else {
      CallbackVerdict.Verified verified = (CallbackVerdict.Verified) told(1).getFirst();
      assertThat(verified.requestNumber()).isEqualTo(number);
      assertThat(((ChannelEvent.Returned) verified.event()).amount()).isEqualTo(AMOUNT);
    }
    assertPaid(channel.query(number));
  }

  private boolean nothingIsOwed() {
    return control.call("GET", "/payments?format=count", "", 200).contains("\"callbacksOwed\":0");
  }

  @Test
  void aLateCallbackSaysWhatTheQuerySaysToo() {
    String number = number();
    control.fault("NO_CALLBACK");
    send(number);
    Eventually.until("paid", () -> control.timesPaid(number) == 1);
    assertThat(kind(channel.query(number))).isEqualTo(whenNeverTold());
    assertThat(toldSoFar()).isEmpty();

    control.call("POST", "/control/callback", "{\"requestNo\":\"%s\"}".formatted(number), 202);

    CallbackVerdict.Verified late = (CallbackVerdict.Verified) told(1).getFirst();
    assertThat(late.requestNumber()).isEqualTo(number);
    assertThat(((ChannelEvent.Reported) late.event()).outcome()).isInstanceOf(Outcome.Paid.class);
    assertPaid(channel.query(number));
  }

  @Test
  void aContradictingCallbackIsReadAsItIs() {
    String number = number();
    send(number);
    var _ = told(1);
    forgetTold();

    control.call(
        "POST",
        "/control/callback",
        "{\"requestNo\":\"%s\",\"status\":\"REFUSED\",\"code\":\"ACCOUNT_CLOSED\"}"
            .formatted(number),
        202);

    var verified = (CallbackVerdict.Verified) told(1).getFirst();
    assertThat(kind(((ChannelEvent.Reported) verified.event()).outcome()))
        .isEqualTo("Refused for ever");
  }

  @Test
  void tellsWhatIsLeftToPayOutOfIfItCanBeAsked() {
    if (traits().contains(ProviderTrait.SILENT_ON_FUNDS)) {
      assertThat(channel.funds("CNY")).isEmpty();
      return;
    }
    control.call("PUT", "/control/funds", "{\"currency\":\"CNY\",\"amount\":\"1234.56\"}", 204);
    assertThat(channel.funds("CNY")).contains(Money.ofMinor(123_456, "CNY"));
    String number = number();
    send(number);
    Eventually.until("paid", () -> control.timesPaid(number) == 1);
    assertThat(channel.funds("CNY")).contains(Money.ofMinor(73_456, "CNY"));
    control.call("PUT", "/control/funds", "{\"currency\":\"CNY\",\"amount\":\"0.00\"}", 204);
    assertThat(channel.funds("CNY")).contains(Money.ofMinor(0, "CNY"));
    control.fault("DOWN", ",\"count\":-1");
    assertThat(channel.funds("CNY")).isEmpty();
    bank.close();
    assertThat(channel.funds("CNY")).isEmpty();
  }

  @Test
  void tooLittleFundsAreTheChannelsRefusalNotTheBeneficiarys() {
    control.call("PUT", "/control/funds", "{\"currency\":\"CNY\",\"amount\":\"499.99\"}", 204);
    String number = number();

    var _ = send(number);

    Eventually.until("refused", () -> kind(channel.query(number)).equals("Refused"));
    assertThat(control.timesPaid(number)).isZero();
  }

  @Test
  void aClosedPortIsNoConnection() {
    String number = number();
    bank.close();

    assertThat(kind(send(number))).isEqualTo("NO_CONNECTION");
    assertThat(kind(channel.query(number))).isEqualTo("NO_CONNECTION");
    assertThat(channel.reachable()).isFalse();
  }

  @Test
  void isReachableWhenTheBankIsUp() {
    assertThat(channel.reachable()).isTrue();
    control.fault("DOWN", ",\"count\":-1");
    assertThat(channel.reachable()).isFalse();
    control.call("DELETE", "/control/faults", "", 204);
    assertThat(channel.reachable()).isTrue();
  }

  @Test
  void theBanksRecordHoldsNoFullNumber() {
    send(number());
    var _ = told(1);

    assertThat(control.call("GET", "/payments", "", 200))
        .contains(Masking.mask(account()))
        .doesNotContain(account());
    assertThat(channel.toString()).doesNotContain(REQUEST_SECRET).doesNotContain(REPLY_SECRET);
  }

  private static Outcome unknown(Why why, String code) {
    return new Outcome.Unknown(why, code);
  }
}

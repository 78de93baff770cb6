package dev.sluice.simulation;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.simulation.Told.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One modelled bank: takes instructions and questions, and remembers what it truly did. */
final class Bank {
  static final Duration ACCEPTANCE_WINDOW = Duration.ofSeconds(60);

  final String name;
  final ChannelLimits limits;
  final Map<String, Told> told = new LinkedHashMap<>();

  /** What it truly did, as its lists of each day will have it. */
  final List<Entry> book = new ArrayList<>();

  private final Scene scene;
  private final World world;

  /** One line of its book: PAID, REFUSED or RETURNED. */
  record Entry(
      Told told, String status, long minor, String account, String reference, Instant at) {}

  Bank(String name, ChannelLimits limits, Scene scene, World world) {
    this.name = name;
    this.limits = limits;
    this.scene = scene;
    this.world = world;
  }

  Outcome instruct(String number, byte[] request) {
    world.inCall(true);
    try {
      return take(number, request);
    } finally {
      world.inCall(false);
    }
  }

  private Outcome take(String number, byte[] request) {
    Told before = told.get(number);
    if (before != null) {
      return again(before, new Told(number, request, scene.clock.peek()));
    }
    Told now = new Told(number, request, scene.clock.peek());
    told.put(number, now);
    world.sent(this, now);
    return behave(now);
  }

  private Outcome again(Told before, Told now) {
    if (!before.text.equals(now.text)) {
      scene.violated("%s got another request under the number of %s", name, before.note);
    }
    if (!limits.dedupes()) {
      scene.violated("%s was sent to %s twice, which pays each time", before.note, name);
    }
    if (before.state == State.NOWHERE) {
      return behave(before);
    }
    scene.tell("%s gets %s again and pays it no second time", name, before.note);
    return truth(before);
  }

  /** What an honest bank says of a number. */
  private Outcome truth(@Nullable Told of) {
    if (of == null || of.state == State.NOWHERE) {
      return new Outcome.Unknown(Why.NOT_FOUND, "NOT_FOUND");
    }
    return switch (of.state) {
      case PROCESSING ->
          scene.dice.chance(50)
              ? new Outcome.Accepted(of.reference())
              : new Outcome.Unknown(Why.CHANNEL_ERROR, "PROCESSING");
      case PAID -> {
        of.successTold = true;
        yield of.paidOutcome();
      }
      case REFUSED -> new Outcome.Refused(of.refusal, of.refusal, of.beneficiaryAtFault);
      case NOWHERE -> throw new IllegalStateException("asked above");
    };
  }

  Outcome query(String number) {
    Told of = told.get(number);
    String order = of == null ? "an order" : of.note;
    if (!scene.isCalm() && scene.dice.chance(8)) {
      scene.met(Fault.QUERY_FAILED);
      Why why =
          scene.dice.pick(
              List.of(
                  Why.TIMEOUT, Why.CHANNEL_ERROR, Why.UNVERIFIED, Why.UNREADABLE, Why.THROTTLED));
      scene.tell("%s is asked about %s; no proper answer: %s", name, order, why);
      return new Outcome.Unknown(why, "QUERY_FAILED");
    }
    boolean stillBlind =
        of != null
            && of.notFoundLeft > 0
            && scene.clock.peek().isBefore(of.firstAt.plus(ACCEPTANCE_WINDOW));
    Outcome answer = truth(stillBlind ? null : of);
    if (stillBlind && of != null) {
      of.notFoundLeft--;
    }
    scene.tell("%s is asked about %s: %s", name, order, words(answer));
    return answer;
  }

  static String words(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "accepted";
      case Outcome.Paid paid -> "paid " + paid.amount();
      case Outcome.Refused(String code, String ignored, boolean atFault) -> "refused, " + code;
      case Outcome.Unknown(Why why, String code) -> "unknown, " + why + " " + code;
    };
  }

  private Outcome behave(Told now) {
    Fault fault = scene.isCalm() ? null : world.draw();
    if (fault == null) {
      scene.tell("%s is told %s (%s): pays", name, now.note, now.number.substring(24));
      pay(now);
      return truth(now);
    }
    scene.met(fault);
    scene.tell("%s is told %s (%s): %s", name, now.note, now.number.substring(24), fault.words);
    Outcome.Unknown timeout = new Outcome.Unknown(Why.TIMEOUT, "TIMEOUT");
    return switch (fault) {
      case PAID_THEN_TIMEOUT -> {
        pay(now);
        yield timeout;
      }
      case NOT_FOUND_THEN_PAID -> {
        pay(now);
        now.notFoundLeft = 1 + scene.dice.below(3);
        yield timeout;
      }
      case UNSIGNED_REPLY -> {
        pay(now);
        yield new Outcome.Unknown(Why.UNVERIFIED, "UNSIGNED");
      }
      case LOST_THEN_PAID -> {
        // Its own promise: what surfaces at all surfaces within the acceptance window.
        world.at(scene.dice.between(5, 45), () -> payUnlessDone(now));
        yield timeout;
      }
      case REQUEST_LOST -> timeout;
      case NO_CONNECTION -> new Outcome.Unknown(Why.NO_CONNECTION, "CONNECT");
      case THROTTLED -> new Outcome.Unknown(Why.THROTTLED, "429");
      case REFUSED_BY_CHANNEL -> refuse(now, "BANK_LIMIT", false);
      case REFUSED_BENEFICIARY -> refuse(now, "ACCOUNT_CLOSED", true);
      case ERROR_500_THEN_PAID -> {
        sooner(now);
        yield new Outcome.Unknown(Why.CHANNEL_ERROR, "500");
      }
      case ACCEPTED_THEN_PAID -> {
        later(now, 1, 6 * 3600, () -> payUnlessDone(now));
        yield new Outcome.Accepted(now.reference());
      }
      case ACCEPTED_THEN_REFUSED -> {
        later(now, 1, 6 * 3600, () -> refuseUnlessDone(now));
        yield new Outcome.Accepted(now.reference());
      }
      case UNLISTED_CODE -> {
        later(
            now,
            1,
            600,
            scene.dice.chance(60) ? () -> payUnlessDone(now) : () -> refuseUnlessDone(now));
        yield new Outcome.Unknown(Why.UNLISTED_CODE, "X-99");
      }
      case PROCESSING_FOR_DAYS -> {
        later(now, 30 * 3600, 80 * 3600, () -> payUnlessDone(now));
        yield new Outcome.Unknown(Why.CHANNEL_ERROR, "PROCESSING");
      }
      case CLIENT_BROKE -> {
        sooner(now);
        throw new Injected.ClientBroke();
      }
      case PAID_ANOTHER_AMOUNT -> {
        payWrongly(now, Math.max(1, now.minor - 100), now.account);
        yield truth(now);
      }
      case PAID_ANOTHER_BENEFICIARY -> {
        payWrongly(now, now.minor, "6217000000009999");
        yield truth(now);
      }
      case REFUSED_THEN_PAID -> {
        world.liesAbout(now);
        world.at(scene.dice.between(1, 600), () -> payAfterAll(now));
        yield refuse(now, "BANK_LIMIT", scene.dice.chance(50));
      }
      case PAID_AFTER_WINDOW -> {
        world.at(scene.dice.between(120, 900), () -> payIfStillNowhere(now));
        yield timeout;
      }
      default -> throw new IllegalStateException(fault + " is nothing that a bank does");
    };
  }

  private void sooner(Told now) {
    if (scene.dice.chance(50)) {
      pay(now);
    } else {
      later(now, 1, 120, () -> payUnlessDone(now));
    }
  }

  private void later(Told now, long low, long high, Runnable what) {
    now.state = State.PROCESSING;
    world.at(scene.dice.between(low, high), what);
  }

  private Outcome refuse(Told now, String code, boolean beneficiaryAtFault) {
    now.state = State.REFUSED;
    now.refusal = code;
    now.beneficiaryAtFault = beneficiaryAtFault;
    enter(now, "REFUSED", now.minor, now.account, now.reference());
    world.refused(this, now);
    return new Outcome.Refused(code, code, beneficiaryAtFault);
  }

  private void refuseUnlessDone(Told now) {
    if (now.state == State.PROCESSING) {
      scene.tell("%s refuses %s after all", name, now.note);
      refuse(now, "BANK_LIMIT", false);
    }
  }

  private void payUnlessDone(Told now) {
    if (now.state == State.PROCESSING || now.state == State.NOWHERE) {
      scene.tell("%s pays %s now", name, now.note);
      pay(now);
    }
  }

  private void payIfStillNowhere(Told now) {
    if (now.state == State.NOWHERE) {
      world.liesAbout(now);
      scene.tell("%s pays %s now, against its own promise", name, now.note);
      pay(now);
    }
  }

  private void payAfterAll(Told now) {
    scene.tell("%s pays %s, which it had refused", name, now.note);
    pay(now);
  }

  /** What still is under way ends now, so that a history comes to rest. */
  void settleDown() {
    for (Told one : told.values()) {
      one.notFoundLeft = 0;
      if (one.state == State.PROCESSING) {
        payUnlessDone(one);
      }
    }
  }

  /** Money came back from the beneficiary's bank. */
  void returned(Told of, long minor, String reference) {
    enter(of, "RETURNED", minor, of.account, reference);
  }

  private void enter(Told of, String status, long minor, String account, String reference) {
    book.add(new Entry(of, status, minor, account, reference, scene.clock.peek()));
  }

  private void pay(Told now) {
    now.state = State.PAID;
    now.paidMinor = now.minor;
    now.paidAccount = now.account;
    enter(now, "PAID", now.paidMinor, now.paidAccount, now.reference());
    world.paid(this, now);
  }

  private void payWrongly(Told now, long minor, String account) {
    now.state = State.PAID;
    now.paidMinor = minor;
    now.paidAccount = account;
    enter(now, "PAID", minor, account, now.reference());
    world.paidWrongly(this, now);
  }
}

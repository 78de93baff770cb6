package dev.sluice.channel.simulator;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What the bank can be told to do wrong. */
enum Fault {
  /** Every connection is closed at once, health checks included. */
  DOWN(When.EVERY_CALL),
  /** HTTP 429, nothing done. */
  THROTTLE_429(When.EVERY_CALL),
  /** HTTP 500, nothing done. */
  ERROR_500(When.EVERY_CALL),

  /** Does what was asked, and answers without a signature. */
  UNSIGNED_REPLY(When.EVERY_REPLY),
  /** Does what was asked, and answers with a signature that isn't right. */
  FORGED_REPLY(When.EVERY_REPLY),
  /** Does what was asked, and some proxy answers with a page. */
  HTML_REPLY(When.EVERY_REPLY),

  /** Takes the instruction and closes the connection without a reply. */
  DROP_REPLY(When.INSTRUCTION),
  /** Pays at once, and answers only after {@code delayMillis} (60 s), if the client still waits. */
  PAY_THEN_TIME_OUT(When.INSTRUCTION),
  /** Pays at once, and answers HTTP 500. */
  ERROR_500_THEN_PAY(When.INSTRUCTION),
  /** Pays and calls back first; the reply comes after the callback was answered. */
  CALLBACK_BEFORE_REPLY(When.INSTRUCTION),

  /** Accepts, and pays after {@code delayMillis} (5 s). */
  PAY_LATE(When.TAKING),
  /** Refuses at once with a code of the bank's own ({@code BANK_LIMIT}, or {@code code}). */
  REFUSE(When.TAKING),
  /** Refuses at once for the beneficiary ({@code ACCOUNT_CLOSED}, or {@code code}). */
  REFUSE_BENEFICIARY(When.TAKING),
  /** Accepts, and refuses after {@code delayMillis} (the settle delay), with a callback. */
  ACCEPT_THEN_REFUSE(When.TAKING),
  /** Accepts, and stays with PROCESSING for {@code delayMillis}, or until it is told to settle. */
  KEEP_PROCESSING(When.TAKING),
  /** Never calls back about this payment. */
  NO_CALLBACK(When.TAKING),
  /** Sends each callback about this payment twice, at the same time. */
  CALLBACK_TWICE(When.TAKING),
  /** Reports one minor unit more than it paid. */
  WRONG_AMOUNT(When.TAKING),
  /** Reports another account than it paid. */
  WRONG_BENEFICIARY(When.TAKING),

  /** Closes the connection in the middle of an upload (file protocols only). */
  DROP_UPLOAD(When.UPLOAD),

  /**
   * Answers a query with NOT_FOUND, {@code count} times, whatever it knows. By file, whoever looks
   * for its files finds none, {@code count} times.
   */
  NOT_FOUND_TIMES(When.QUERY),

  /** Pays a request number again that it has paid already. */
  FORGET_DEDUP(When.REPEAT);

  /** At which moment a fault is drawn; one that doesn't fit the moment keeps its count. */
  enum When {
    EVERY_CALL,
    EVERY_REPLY,
    UPLOAD,
    INSTRUCTION,
    TAKING,
    QUERY,
    REPEAT
  }

  private final When when;

  Fault(When when) {
    this.when = when;
  }

  /** The faults of one moment. */
  static Set<Fault> at(When when) {
    EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
    for (Fault fault : values()) {
      if (fault.when == when) {
        faults.add(fault);
      }
    }
    return Collections.unmodifiableSet(faults);
  }
}

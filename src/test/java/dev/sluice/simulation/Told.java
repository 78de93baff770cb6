package dev.sluice.simulation;

import dev.sluice.channel.Outcome;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What a bank was told under one request number, and what it made of it. */
final class Told {
  final String number;
  final String text;
  final long minor;
  final String account;

  /** The client's name of the order, as the note to the beneficiary carries it. */
  final String note;

  final Instant firstAt;
  State state = State.NOWHERE;
  long paidMinor;
  String paidAccount = "";
  String refusal = "";
  boolean beneficiaryAtFault;
  int notFoundLeft;

  /** Whether the bank has let anyone know that it paid. */
  boolean successTold;

  int returns;

  /** Where it is with the bank. */
  enum State {
    /** Lost, or still on its way: the bank knows nothing of it. */
    NOWHERE,
    PROCESSING,
    PAID,
    REFUSED
  }

  Told(String number, byte[] request, Instant at) {
    this.number = number;
    this.text = new String(request, StandardCharsets.UTF_8);
    String[] parts = text.split("\\|", -1);
    this.minor = Long.parseLong(parts[1]);
    this.account = parts[3];
    this.note = parts[4];
    this.firstAt = at;
  }

  /** The bank's own name of what it made of this. */
  String reference() {
    return "ref-" + number.substring(24);
  }

  Outcome paidOutcome() {
    return new Outcome.Paid(
        Money.ofMinor(paidMinor, "CNY"), Masking.mask(paidAccount), reference());
  }
}

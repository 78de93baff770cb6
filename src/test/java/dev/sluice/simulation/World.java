package dev.sluice.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The world outside of the engine: banks, their own record of what they paid, and what will happen
 * by itself at its time. It trusts nothing that the engine says.
 */
final class World {
  final List<Bank> banks = new ArrayList<>();

  /** Every payment by the client's name of the order. */
  final Map<String, List<Payment>> payments = new LinkedHashMap<>();

  /** Orders about which a bank said "refused" or "never heard of it", and paid all the same. */
  final Set<String> liedAbout = new LinkedHashSet<>();

  private final Scene scene;
  private final Clients clients;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
  private final List<Fault> lottery = new ArrayList<>();
  private @Nullable Post post;
  private long eventNumber;
  private boolean inCall;

  /** A payment that a bank truly made. */
  record Payment(Bank bank, Told told, boolean asInstructed) {}

  private record Event(Instant at, long number, Runnable what) {}

  World(Scene scene, Clients clients) {
    this.scene = scene;
    this.clients = clients;
    tickets(6, Fault.PAID_THEN_TIMEOUT, Fault.REFUSED_BY_CHANNEL);
    tickets(5, Fault.LOST_THEN_PAID, Fault.REQUEST_LOST);
    tickets(8, Fault.ACCEPTED_THEN_PAID);
    tickets(3, Fault.NO_CONNECTION, Fault.REFUSED_BENEFICIARY, Fault.ERROR_500_THEN_PAID);
    tickets(3, Fault.ACCEPTED_THEN_REFUSED, Fault.NOT_FOUND_THEN_PAID, Fault.UNLISTED_CODE);
    tickets(2, Fault.UNSIGNED_REPLY, Fault.THROTTLED, Fault.CLIENT_BROKE);
    tickets(2, Fault.PROCESSING_FOR_DAYS, Fault.PAID_AFTER_WINDOW);
    tickets(1, Fault.PAID_ANOTHER_AMOUNT, Fault.PAID_ANOTHER_BENEFICIARY, Fault.REFUSED_THEN_PAID);
  }

  void connect(Post itsPost) {
    post = itsPost;
  }

  private void tickets(int count, Fault... faults) {
    for (Fault fault : faults) {
      for (int i = 0; i < count; i++) {
        lottery.add(fault);
      }
    }
  }

  /** What a bank does with an instruction; null for paying it as it should. */
  @Nullable Fault draw() {
    int ticket = scene.dice.below(100);
    return ticket < lottery.size() ? lottery.get(ticket) : null;
  }

  /** Something that happens by itself, in so many seconds. */
  void at(long seconds, Runnable what) {
    Instant at = scene.clock.peek().plus(Duration.ofSeconds(seconds));
    events.add(new Event(at, eventNumber++, what));
  }

  /** Lets happen what is due; returns how much that was. */
  int happen() {
    int happened = 0;
    for (Event next = events.peek();
        next != null && !next.at().isAfter(scene.clock.peek());
        next = events.peek()) {
      events.remove();
      next.what().run();
      happened++;
    }
    return happened;
  }

  /** When something happens next, or null if nothing more will. */
  @Nullable Instant next() {
    Event next = events.peek();
    return next == null ? null : next.at();
  }

  /** Whether an instance waits for a bank's answer right now. */
  boolean isInCall() {
    return inCall;
  }

  void inCall(boolean is) {
    inCall = is;
  }

  void sent(Bank bank, Told told) {
    if (!clients.asked(told.note, told.account, told.minor)) {
      scene.violated(
          "%s was told to pay %d to %s for %s, which no client has asked for",
          bank.name, told.minor, told.account, told.note);
    }
  }

  void liesAbout(Told told) {
    liedAbout.add(told.note);
  }

  void paid(Bank bank, Told told) {
    record(bank, told, true);
    post().onPaid(bank, told);
  }

  void paidWrongly(Bank bank, Told told) {
    record(bank, told, false);
  }

  void refused(Bank bank, Told told) {
    post().onRefused(bank, told);
  }

  private void record(Bank bank, Told told, boolean asInstructed) {
    List<Payment> of = payments.computeIfAbsent(told.note, n -> new ArrayList<>());
    of.add(new Payment(bank, told, asInstructed));
    if (of.size() > 1 && !liedAbout.contains(told.note)) {
      scene.violated(
          "%s is paid twice: by %s",
          told.note, String.join(" and by ", of.stream().map(p -> p.bank().name).toList()));
    }
  }

  /** Ends what is under way and lets the engine know what it was lied to about. */
  void settleDown() {
    banks.forEach(Bank::settleDown);
    for (String note : liedAbout) {
      for (Payment payment : payments.getOrDefault(note, List.of())) {
        post().tellTheTruth(payment.bank(), payment.told());
      }
    }
  }

  private Post post() {
    if (post == null) {
      throw new IllegalStateException("the world has no post yet");
    }
    return post;
  }
}

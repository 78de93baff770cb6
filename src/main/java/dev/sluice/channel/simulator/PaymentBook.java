package dev.sluice.channel.simulator;

import dev.sluice.money.Money;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bank's own record, for all protocols: what it took, paid, refused and got back, and which
 * callbacks it owes. Each change is in the journal before anybody sees it; changes of one payment
 * come one after the other.
 */
final class PaymentBook implements AutoCloseable {
  /** Some 1 GB of memory: a simulated bank that was this busy wants a fresh journal. */
  private static final int MAX_PAYMENTS = 2_000_000;

  private static final int STRIPES = 1_024;

  private final ConcurrentHashMap<PaymentKey, Payment> payments = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Currency, LongAdder> spent = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Notice> owed = new ConcurrentHashMap<>();
  private final ReentrantLock[] stripes =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);
  private final Clock clock;
  private final Journal journal;

  /** Reads the record of earlier runs. Throws as {@link Journal#open} does. */
  PaymentBook(Path journal, Clock clock) {
    this.clock = clock;
    this.journal = Journal.open(journal, this::apply);
  }

  /** The payment, or null if no instruction under this number was taken. */
  @Nullable Payment find(PaymentKey key) {
    return payments.get(key);
  }

  /** All payments, in no order. */
  Collection<Payment> payments() {
    return payments.values();
  }

  /** What was paid in a currency, less what was given back. */
  LongAdder spent(Currency currency) {
    return spent.computeIfAbsent(currency, c -> new LongAdder());
  }

  /** The callbacks that nobody has received yet. */
  Collection<Notice> owed() {
    return owed.values();
  }

  /**
   * Takes an instruction, unless one is there already under its number.
   *
   * @param entry made only if the number is new
   */
  Taking take(PaymentKey key, Supplier<JournalEntry.Taken> entry) {
    return locked(
        key,
        () -> {
          Payment known = payments.get(key);
          if (known != null) {
            return new Taking(known, false);
          }
          if (payments.size() >= MAX_PAYMENTS) {
            throw new IllegalStateException("the simulated bank's record is full");
          }
          return new Taking(record(key, entry.get()), true);
        });
  }

  /** Pays what isn't decided yet; what is decided stays as it is. */
  Change pay(PaymentKey key, Function<Payment, List<Notice>> notices) {
    return change(
        key,
        payment -> payment.state() == Payment.State.PROCESSING,
        payment -> pays(payment, notices));
  }

  /** Pays again what was paid: only a bank that has forgotten its own payments does that. */
  Change payAgain(PaymentKey key, Function<Payment, List<Notice>> notices) {
    return change(key, payment -> payment.timesPaid() > 0, payment -> pays(payment, notices));
  }

  /** Refuses what isn't decided yet; what is decided stays as it is. */
  Change refuse(PaymentKey key, String code, Function<Payment, List<Notice>> notices) {
    return change(
        key,
        payment -> payment.state() == Payment.State.PROCESSING,
        payment ->
            new JournalEntry.Refused(
                key.protocol(),
                key.requestNo(),
                code,
                clock.millis(),
                notices.apply(payment.refused(code))));
  }

  /** Money comes back, if there is as much left of what was paid. */
  Change giveBack(
      PaymentKey key, Money back, String reference, Function<Payment, List<Notice>> notices) {
    return change(
        key,
        payment ->
            payment.timesPaid() > 0
                && payment.returned().minor() + back.minor() <= payment.amount().minor(),
        payment ->
            new JournalEntry.Returned(
                key.protocol(),
                key.requestNo(),
                reference,
                back.minor(),
                clock.millis(),
                notices.apply(payment.returned(back, reference))));
  }

  /** Owes callbacks beyond those that the bank owes by itself. */
  void owe(List<Notice> notices) {
    JournalEntry entry = new JournalEntry.Owed(notices, clock.millis());
    journal.append(entry);
    apply(entry);
  }

  /** A callback was received, or the bank gives up. */
  void told(Notice notice, boolean received) {
    JournalEntry entry = new JournalEntry.Told(notice.id(), received, clock.millis());
    journal.append(entry);
    apply(entry);
  }

  @Override
  public void close() {
    journal.close();
  }

  private JournalEntry pays(Payment payment, Function<Payment, List<Notice>> notices) {
    return new JournalEntry.Paid(
        payment.key().protocol(),
        payment.key().requestNo(),
        clock.millis(),
        notices.apply(payment.paid()));
  }

  private Change change(
      PaymentKey key, Predicate<Payment> allowed, Function<Payment, JournalEntry> entry) {
    return locked(
        key,
        () -> {
          Payment payment = payments.get(key);
          if (payment == null || !allowed.test(payment)) {
            return new Change(payment, List.of(), false);
          }
          JournalEntry written = entry.apply(payment);
          return new Change(record(key, written), notices(written), true);
        });
  }

  private Payment record(PaymentKey key, JournalEntry entry) {
    journal.append(entry);
    apply(entry);
    return Objects.requireNonNull(payments.get(key));
  }

  private void apply(JournalEntry entry) {
    notices(entry).forEach(notice -> owed.put(notice.id(), notice));
    switch (entry) {
      case JournalEntry.Taken taken -> {
        Payment payment = Payment.taken(taken);
        payments.put(payment.key(), payment);
      }
      case JournalEntry.Paid paid -> {
        update(paid.protocol(), paid.requestNo(), Payment::paid);
        Payment payment = payments.get(new PaymentKey(paid.protocol(), paid.requestNo()));
        if (payment != null) {
          spent(payment.amount().currency()).add(payment.amount().minor());
        }
      }
      case JournalEntry.Refused refused ->
          update(refused.protocol(), refused.requestNo(), p -> p.refused(refused.code()));
      case JournalEntry.Returned back -> {
        update(
            back.protocol(),
            back.requestNo(),
            p ->
                p.returned(new Money(back.minor(), p.amount().currency()), back.returnReference()));
        Payment payment = payments.get(new PaymentKey(back.protocol(), back.requestNo()));
        if (payment != null) {
          spent(payment.amount().currency()).add(-back.minor());
        }
      }
      case JournalEntry.Owed ignored -> {}
      case JournalEntry.Told told -> owed.remove(told.id());
    }
  }

  private void update(String protocol, String requestNo, Function<Payment, Payment> change) {
    payments.computeIfPresent(
        new PaymentKey(protocol, requestNo), (key, payment) -> change.apply(payment));
  }

  private static List<Notice> notices(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.Paid paid -> paid.owed();
      case JournalEntry.Refused refused -> refused.owed();
      case JournalEntry.Returned returned -> returned.owed();
      case JournalEntry.Owed owed -> owed.owed();
      case JournalEntry.Taken ignored -> List.of();
      case JournalEntry.Told ignored -> List.of();
    };
  }

  private <T> T locked(PaymentKey key, Supplier<T> action) {
    ReentrantLock lock = stripes[Math.floorMod(key.hashCode(), STRIPES)];
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What became of an instruction.
   *
   * @param isNew false if the number was known; the payment is then as it stands
   */
  record Taking(Payment payment, boolean isNew) {}

  /**
   * What became of a change.
   *
   * @param payment as it stands, or null if there is none
   * @param owed the callbacks owed for it
   * @param done false if it wasn't allowed
   */
  record Change(@Nullable Payment payment, List<Notice> owed, boolean done) {}
}

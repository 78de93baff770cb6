package dev.sluice.simulation;

import dev.sluice.reconcile.Reconciliation.Receipt;
import dev.sluice.reconcile.StatementFile;
import dev.sluice.simulation.Bank.Entry;
import dev.sluice.simulation.Lists.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The banks' lists of what they paid, day by day: true ones and others, in any order, early, twice,
 * cut off, and put right later. In the end each bank has brought the truth about each day.
 */
final class Statements {
  private final Scene scene;
  private final World world;
  private final Steps steps;
  private final Supplier<Instance> somebody;
  private final IntSupplier unfinished;
  private final ToLongFunction<StatementFile> turn;

  /** What was brought last of a bank's day, and kept. */
  private final Map<Day, String> brought = new HashMap<>();

  /** And the turn of the file that it was kept as. */
  private final Map<Day, Long> last = new HashMap<>();

  private final List<Parcel> kept = new ArrayList<>();
  private int strangers;

  /** A bank's day. */
  record Day(Bank bank, LocalDate date) {}

  /** A list on its way; the last one of a day is the truth, and is to count. */
  private record Parcel(Day day, String text, String words, boolean readable, boolean last) {}

  /**
   * With some running instance on demand, how many lists wait to be read, and whose turn is when.
   */
  Statements(
      Scene scene,
      World world,
      Steps steps,
      Supplier<Instance> somebody,
      IntSupplier unfinished,
      ToLongFunction<StatementFile> turn) {
    this.unfinished = unfinished;
    this.turn = turn;
    this.scene = scene;
    this.world = world;
    this.steps = steps;
    this.somebody = somebody;
  }

  /** Some bank brings a list, or what should be one. */
  void bring() {
    Bank bank = scene.dice.pick(world.banks);
    LocalDate today = Lists.dayOf(scene.clock.peek());
    List<LocalDate> over = days(bank).stream().filter(d -> d.isBefore(today)).toList();
    if (over.isEmpty() || scene.dice.chance(5)) {
      if (scene.dice.chance(20)) {
        scene.met(Fault.STATEMENT_TOO_EARLY);
        Day day = new Day(bank, today);
        send(
            new Parcel(
                day,
                truth(day),
                "its list of %s, which isn't over".formatted(today),
                false,
                false));
      }
      return;
    }
    Day day = new Day(bank, scene.dice.pick(over));
    boolean known = truth(day).equals(brought.get(day));
    if (known && scene.dice.chance(60)) {
      again(day);
    } else if (known || scene.dice.chance(60)) {
      bringWrong(day);
    } else {
      bringTrue(day);
    }
  }

  /** A list that was brought before comes again, byte for byte. */
  private void again(Day day) {
    scene.met(Fault.STATEMENT_TWICE);
    List<Parcel> ofDay = kept.stream().filter(p -> p.readable && p.day.equals(day)).toList();
    Parcel parcel = scene.dice.pick(ofDay);
    send(new Parcel(day, parcel.text, parcel.words, true, false));
  }

  private void bringTrue(Day day) {
    scene.met(Fault.STATEMENT_WITH_PAYOUTS);
    if (brought.keySet().stream().anyMatch(d -> d.bank == day.bank && d.date.isAfter(day.date))) {
      scene.met(Fault.STATEMENT_OUT_OF_ORDER);
    }
    if (brought.containsKey(day)) {
      scene.met(Fault.STATEMENT_CORRECTED);
    }
    send(new Parcel(day, truth(day), "its list of " + day.date, true, true));
  }

  private void bringWrong(Day day) {
    List<Row> rows = rows(day);
    List<Integer> payments = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).status().equals("PAID")) {
        payments.add(i);
      }
    }
    if (payments.isEmpty()) {
      return;
    }
    int at = scene.dice.pick(payments);
    Row row = rows.get(at);
    Fault fault =
        scene.dice.pick(
            List.of(
                Fault.STATEMENT_CUT_OFF,
                Fault.STATEMENT_LINE_MISSING,
                Fault.STATEMENT_LINE_TWICE,
                Fault.STATEMENT_WRONG_AMOUNT,
                Fault.STATEMENT_WRONG_BENEFICIARY,
                Fault.STATEMENT_UNKNOWN_NUMBER,
                Fault.STATEMENT_WITHOUT_NUMBER,
                Fault.STATEMENT_SAYS_REFUSED));
    scene.met(fault);
    switch (fault) {
      case STATEMENT_CUT_OFF -> {
        String text = Lists.write(rows);
        String head = text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1);
        send(new Parcel(day, head, "its list of %s, cut off".formatted(day.date), false, false));
        return;
      }
      case STATEMENT_LINE_MISSING -> rows.remove(at);
      case STATEMENT_LINE_TWICE -> rows.add(row);
      // Not the 1.00 by which a bank pays too little: two lies that add up to what was asked for
      // look like the truth to everybody.
      case STATEMENT_WRONG_AMOUNT -> rows.set(at, row.with(row.minor() + 37));
      case STATEMENT_WRONG_BENEFICIARY -> rows.set(at, row.to("6217000000009999"));
      case STATEMENT_UNKNOWN_NUMBER -> {
        String number = "%016x%016x".formatted(scene.dice.seed(), scene.dice.seed());
        rows.set(at, row.under(number, "strange-" + ++strangers));
      }
      case STATEMENT_WITHOUT_NUMBER -> rows.set(at, row.under(null, row.reference()));
      case STATEMENT_SAYS_REFUSED -> {
        rows.set(at, row.with("REFUSED"));
        day.bank.told.values().stream()
            .filter(t -> t.number.equals(row.number()))
            .forEach(world::liesAbout);
      }
      default -> throw new IllegalStateException(fault + " is nothing that a list does");
    }
    String words = "its list of %s: %s".formatted(day.date, fault.words);
    send(new Parcel(day, Lists.write(rows), words, true, false));
  }

  /** Brings the truth about each of these days that the engine doesn't have; returns how much. */
  int bringTruth(Set<Day> further) {
    Set<Day> all = new LinkedHashSet<>();
    world.banks.forEach(bank -> days(bank).forEach(date -> all.add(new Day(bank, date))));
    all.addAll(further);
    List<Day> left =
        new ArrayList<>(all.stream().filter(d -> !truth(d).equals(brought.get(d))).toList());
    for (Day day : left) {
      scene.clock.advanceTo(Lists.end(day.date));
    }
    int count = left.size();
    while (!left.isEmpty()) {
      bringTrue(left.remove(scene.dice.below(left.size())));
    }
    return count;
  }

  /** What the engine must have compared last: by bank's day, the content. */
  Map<Day, String> brought() {
    return Map.copyOf(brought);
  }

  /** Days of which a list came too early: it counts if nobody looked at it before it was over. */
  Set<Day> broughtEarly() {
    return kept.stream().filter(p -> !p.readable).map(Parcel::day).collect(Collectors.toSet());
  }

  private void send(Parcel parcel) {
    Instance instance = somebody.get();
    Receipt[] receipt = new Receipt[1];
    boolean answered = steps.with(instance, () -> receipt[0] = receive(instance, parcel));
    scene.tell(
        "%s brings %s: %s%s",
        parcel.day.bank.name, instance.name, parcel.words, answered ? "" : ": no answer");
    if (!answered) {
      world.at(15, () -> send(parcel));
      return;
    }
    switch (receipt[0]) {
      case Receipt.Stored(StatementFile file) -> keep(parcel, file);
      case Receipt.Known(StatementFile file) -> known(instance, parcel, file);
      case Receipt.Rejected(String reason, String detail) ->
          scene.violated("a list was rejected: %s, %s", reason, detail);
      case Receipt.NoSuchSource ignored -> scene.violated("%s is no source", parcel.day.bank.name);
    }
  }

  /** What was taken later counts, whenever it is read, and in whatever order the answers come. */
  private void keep(Parcel parcel, StatementFile file) {
    long now = turn.applyAsLong(file);
    if (parcel.readable && last.getOrDefault(parcel.day, 0L) <= now) {
      brought.put(parcel.day, parcel.text);
      last.put(parcel.day, now);
    }
    kept.add(parcel);
  }

  /** A list that had been replaced by another counts again only because a person says so. */
  private void known(Instance instance, Parcel parcel, StatementFile file) {
    if (kept.stream().noneMatch(p -> p.day.equals(parcel.day) && p.text.equals(parcel.text))) {
      keep(parcel, file); // taken before, without an answer
      return;
    }
    if (!parcel.last || parcel.text.equals(brought.get(parcel.day))) {
      return;
    }
    if (!brought.containsKey(parcel.day)) {
      keep(parcel, file); // it had come too early, or had been taken without an answer
      return;
    }
    if (unfinished.getAsInt() > 0) {
      return; // the operator waits until all is read: what is read last counts
    }
    boolean[] again = {false};
    steps.with(instance, () -> again[0] = instance.reconciliation().readAgain(file.id(), null));
    scene.tell("an operator makes it count again: %s", again[0] ? "done" : "not yet");
    if (again[0]) {
      scene.met(Fault.STATEMENT_COUNTS_AGAIN);
      keep(parcel, file);
    }
  }

  private static Receipt receive(Instance instance, Parcel parcel) {
    try {
      return instance
          .reconciliation()
          .receive(
              parcel.day.bank.name,
              parcel.day.date + ".csv",
              new ByteArrayInputStream(parcel.text.getBytes(StandardCharsets.UTF_8)),
              parcel.day.date,
              StatementFile.Origin.UPLOAD,
              "operator");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<LocalDate> days(Bank bank) {
    Set<LocalDate> days = new TreeSet<>();
    bank.book.forEach(entry -> days.add(Lists.dayOf(entry.at())));
    return days;
  }

  private static String truth(Day day) {
    return Lists.write(rows(day));
  }

  private static List<Row> rows(Day day) {
    List<Row> rows = new ArrayList<>();
    for (Entry entry : day.bank.book) {
      if (Lists.dayOf(entry.at()).equals(day.date)) {
        rows.add(Row.of(entry));
      }
    }
    return rows;
  }
}

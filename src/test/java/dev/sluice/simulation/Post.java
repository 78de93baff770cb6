package dev.sluice.simulation;

import dev.sluice.money.Masking;
import dev.sluice.simulation.Told.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What banks tell by themselves: callbacks and returns, true ones and others. */
final class Post {
  private static final int HOUR = 3600;

  private final Scene scene;
  private final World world;
  private final Courier courier;
  private final List<Letter> sent = new ArrayList<>();

  /** What was returned, by the client's name of the order. */
  final Map<String, List<Long>> returned = new LinkedHashMap<>();

  private int wordings;
  private int references;

  /** A callback as it goes over the wire. */
  record Letter(String bank, String body, String words) {}

  /** Carries letters to the engine. */
  interface Courier {
    /** Delivers to some instance; says of each whether it was answered and needn't come again. */
    List<Boolean> deliver(List<Letter> letters);
  }

  Post(Scene scene, World world, Courier courier) {
    this.scene = scene;
    this.world = world;
    this.courier = courier;
  }

  void onPaid(Bank bank, Told told) {
    Letter letter = paidLetter(bank, told);
    int when = scene.dice.below(100);
    if (scene.isCalm()) {
      world.at(1, () -> send(letter));
    } else if (when < 12 && world.isInCall()) {
      scene.met(Fault.CALLBACK_BEFORE_REPLY);
      scene.within(() -> send(letter));
      told.successTold = true;
    } else if (when < 40) {
      world.at(scene.dice.between(0, 30), () -> tellPaid(told, letter));
    } else if (when < 65) {
      world.at(
          scene.dice.between(600, 5 * HOUR),
          () -> {
            scene.met(Fault.CALLBACK_LATE);
            tellPaid(told, letter);
          });
    }
    if (!scene.isCalm() && scene.dice.chance(12)) {
      planReturn(bank, told);
    }
  }

  private void tellPaid(Told told, Letter letter) {
    told.successTold = true;
    send(letter);
  }

  void onRefused(Bank bank, Told told) {
    if (scene.dice.chance(30)) {
      Letter letter = letter(bank, told, "REFUSED", told.minor, told.account, "-", "refused");
      world.at(scene.dice.between(0, HOUR), () -> send(letter));
    }
  }

  void tellTheTruth(Bank bank, Told told) {
    Letter letter = paidLetter(bank, told);
    world.at(1, () -> tellPaid(told, letter));
  }

  private void planReturn(Bank bank, Told told) {
    boolean early = !told.successTold && scene.dice.chance(40);
    long delay = early ? 0 : scene.dice.between(HOUR, 48 * HOUR);
    world.at(delay, () -> returns(bank, told));
  }

  private void returns(Bank bank, Told told) {
    if (!told.successTold) {
      scene.met(Fault.RETURN_BEFORE_SUCCESS);
    }
    boolean whole = told.minor < 2 || scene.dice.chance(60);
    scene.met(whole ? Fault.RETURN_WHOLE : Fault.RETURN_PARTIAL);
    long minor = whole ? told.minor : scene.dice.between(1, told.minor - 1);
    int tooMuch = scene.dice.below(100);
    if (tooMuch < 15) {
      scene.met(Fault.RETURN_TOO_MUCH);
      send(returnLetter(bank, told, told.minor + 1, "ret-" + ++references));
      return;
    }
    if (scene.hasStatements && scene.dice.chance(25)) {
      scene.met(Fault.RETURN_ON_STATEMENT_ONLY);
      Letter unsent = returnLetter(bank, told, minor, "ret-" + ++references);
      scene.tell("%s has %s, and tells nobody yet", bank.name, unsent.words());
      return;
    }
    Letter letter = returnLetter(bank, told, minor, "ret-" + ++references);
    send(letter);
    if (scene.dice.chance(40)) {
      scene.met(Fault.RETURN_TWICE);
      String reference = "ret-" + references;
      Letter again = wording(bank, told, minor, reference);
      world.at(scene.dice.between(0, HOUR), () -> send(again));
    }
    if (scene.dice.chance(25)) {
      scene.met(Fault.RETURN_SECOND);
      String reference = "ret-" + ++references;
      world.at(scene.dice.between(0, HOUR), () -> send(returnLetter(bank, told, minor, reference)));
    }
  }

  private Letter returnLetter(Bank bank, Told told, long minor, String reference) {
    returned.computeIfAbsent(told.note, n -> new ArrayList<>()).add(minor);
    bank.returned(told, minor, reference);
    return wording(bank, told, minor, reference);
  }

  private Letter wording(Bank bank, Told told, long minor, String reference) {
    return letter(bank, told, "RETURNED", minor, told.account, reference, "returned");
  }

  private Letter paidLetter(Bank bank, Told told) {
    return letter(bank, told, "PAID", told.paidMinor, told.paidAccount, told.reference(), "paid");
  }

  private Letter letter(
      Bank bank,
      Told told,
      String event,
      long minor,
      String account,
      String reference,
      String words) {
    return letter(
        bank.name,
        told.number,
        event,
        minor,
        account,
        reference,
        "%s of %s over %d".formatted(words, told.note, minor));
  }

  private Letter letter(
      String bank,
      String number,
      String event,
      long minor,
      String account,
      String reference,
      String words) {
    String body =
        "%s|%s|%d|CNY|%s|%s|%d|signed"
            .formatted(number, event, minor, reference, Masking.mask(account), wordings++);
    return new Letter(bank, body, words);
  }

  private void send(Letter letter) {
    sendAll(List.of(letter));
  }

  private void sendAll(List<Letter> letters) {
    List<Boolean> answered = courier.deliver(letters);
    for (int i = 0; i < letters.size(); i++) {
      Letter letter = letters.get(i);
      if (answered.get(i)) {
        sent.add(letter);
      } else {
        world.at(15, () -> send(letter));
      }
    }
  }

  /** A letter that came before comes again. */
  void again() {
    if (sent.isEmpty()) {
      return;
    }
    Letter letter = scene.dice.pick(sent);
    if (scene.dice.chance(50)) {
      scene.met(Fault.CALLBACK_TWICE);
      send(letter);
    } else {
      scene.met(Fault.CALLBACK_REWORDED);
      String[] parts = letter.body().split("\\|", -1);
      parts[6] = String.valueOf(wordings++);
      send(new Letter(letter.bank(), String.join("|", parts), letter.words() + ", reworded"));
    }
  }

  /** Several letters at once: true ones about whatever is decided, the same order twice too. */
  void severalAtOnce() {
    List<Letter> letters = new ArrayList<>();
    for (Bank bank : world.banks) {
      for (Told told : bank.told.values()) {
        if (told.state == State.PAID && scene.dice.chance(40)) {
          letters.add(paidLetter(bank, told));
          if (scene.dice.chance(30)) {
            letters.add(scene.dice.chance(50) ? letters.getLast() : paidLetter(bank, told));
          }
          told.successTold = true;
        }
      }
    }
    if (letters.size() > 1) {
      scene.met(Fault.CALLBACKS_AT_ONCE);
      sendAll(letters);
    }
  }

  /** A callback that isn't true, or isn't one. */
  void lie() {
    Bank bank = scene.dice.pick(world.banks);
    if (bank.told.isEmpty()) {
      return;
    }
    Told told = scene.dice.pick(List.copyOf(bank.told.values()));
    switch (scene.dice.below(7)) {
      case 0 -> {
        if (told.state == State.PAID) {
          scene.met(Fault.CALLBACK_CONTRADICTS);
          world.liesAbout(told);
          send(letter(bank, told, "REFUSED", told.minor, told.account, "-", "refused (a lie)"));
        }
      }
      case 1, 2 -> {
        if (told.state != State.REFUSED) {
          scene.met(Fault.CALLBACK_WRONG_AMOUNT);
          send(
              letter(
                  bank, told, "PAID", told.minor + 100, told.account, "-", "paid, wrong amount"));
        }
      }
      case 3 -> {
        if (told.state != State.REFUSED) {
          scene.met(Fault.CALLBACK_WRONG_BENEFICIARY);
          send(letter(bank, told, "PAID", told.minor, "6217000000009999", "-", "paid to another"));
        }
      }
      case 4 -> {
        scene.met(Fault.CALLBACK_UNKNOWN_NUMBER);
        String number = "%016x%016x".formatted(scene.dice.seed(), scene.dice.seed());
        send(
            letter(bank.name, number, "PAID", 100, told.account, "-", "paid, a number never sent"));
      }
      case 5 -> {
        Bank other = scene.dice.pick(world.banks);
        if (!other.name.equals(bank.name)) {
          scene.met(Fault.CALLBACK_FROM_ANOTHER_CHANNEL);
          send(letter(other, told, "PAID", told.minor, told.account, "-", "paid, by a stranger"));
        }
      }
      default -> {
        scene.met(Fault.CALLBACK_UNSIGNED);
        Letter true_ = letter(bank, told, "PAID", told.minor, told.account, "-", "paid, unsigned");
        send(new Letter(true_.bank(), true_.body().replace("|signed", "|forged"), true_.words()));
      }
    }
  }
}

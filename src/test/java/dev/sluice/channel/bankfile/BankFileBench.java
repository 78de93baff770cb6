package dev.sluice.channel.bankfile;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.money.Ids;
import dev.sluice.money.Money;
import dev.sluice.support.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bank of files and a channel to it, opened for each test. */
abstract class BankFileBench {
  static final String IBAN = "FR1420041010050500013M02606";
  static final Money AMOUNT = Money.ofMinor(50_000, "EUR");
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Ids ids = new Ids(Clock.systemUTC(), new SplittableRandom());
  final SettableClock clock = new SettableClock();
  private final List<BankFileChannel> opened = new ArrayList<>();
  SimulatedBank bank;
  BankControl control;
  BankFileChannel channel;
  Path files;

  @BeforeEach
  void openTheBank(@TempDir Path folder) {
    files = folder.resolve("files");
    bank =
        new SimulatedBank(
                SimulatorSettings.local(
                    folder.resolve("journal.jsonl"), "M-1", "0123456789abcdef", "0123456789abcdef"),
                Clock.systemUTC())
            .speak(BankFileTestSettings.peer(files, true));
    bank.start();
    control = new BankControl(bank.url());
    channel = open(BankFileTestSettings.of(bank.filePort(), TIMEOUT));
  }

  @AfterEach
  void closeTheBank() {
    opened.forEach(BankFileChannel::close);
    control.close();
    bank.close();
  }

  BankFileChannel open(BankFileSettings settings) {
    BankFileChannel another = new BankFileChannel(settings, clock);
    opened.add(another);
    return another;
  }

  String number() {
    return Ids.requestNumber(ids.next());
  }

  byte[] prepare(String number) {
    return channel.prepare(
        new PayoutInstruction(
            number, AMOUNT, "IBAN", IBAN, "Erika Mustermann", null, "Rent", clock.instant()));
  }

  void awaitPaid(String number) {
    Eventually.until("paid", () -> channel.query(number) instanceof Outcome.Paid);
  }

  List<String> names(String directory) throws IOException {
    try (Stream<Path> found = Files.list(files.resolve(directory))) {
      return found.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  static Unknown unknown(Why why, @Nullable String code) {
    return new Unknown(why, String.valueOf(code));
  }
}

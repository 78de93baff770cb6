package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.Polled;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.money.Ids;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import dev.sluice.support.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BankFileChannelTest {
  private static final String IBAN = "FR1420041010050500013M02606";
  private static final Money AMOUNT = Money.ofMinor(50_000, "EUR");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Ids ids = new Ids(Clock.systemUTC(), new SplittableRandom());
  private final SettableClock clock = new SettableClock();
  private final List<BankFileChannel> opened = new ArrayList<>();
  private SimulatedBank bank;
  private BankControl control;
  private BankFileChannel channel;
  private Path files;

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

  @Test
  void believesOnlyTheServerWithThePinnedKey() {
    BankFileChannel other =
        open(
            BankFileTestSettings.of(
                bank.filePort(), TIMEOUT, BankFileTestSettings.key().getPublic(), null, "sent"));

    assertThat(other.query(number())).isEqualTo(unknown(Why.NO_CONNECTION, "OTHER_HOST_KEY"));
    assertThat(other.poll().failure()).isEqualTo(unknown(Why.NO_CONNECTION, "OTHER_HOST_KEY"));
    assertThat(other.reachable()).isFalse();
  }

  @Test
  void logsInWithAPasswordToo() {
    for (var login : Map.of("open sesame", true, "open barley", false).entrySet()) {
      BankFileChannel other =
          open(
              BankFileTestSettings.of(
                  bank.filePort(),
                  TIMEOUT,
                  BankFileTestSettings.HOST_KEY.getPublic(),
                  login.getKey(),
                  "sent"));
      assertThat(other.reachable()).isEqualTo(login.getValue());
      assertThat(other.query(number()))
          .isEqualTo(
              login.getValue()
                  ? unknown(Why.NOT_FOUND, "NOT_FOUND")
                  : unknown(Why.NO_CONNECTION, "LOGIN_REFUSED"));
      assertThat(other.toString()).doesNotContain(login.getKey());
    }
  }

  @Test
  void anUploadThatBreaksOffIsSentAgainAndPaidOnce() throws IOException {
    String number = number();
    byte[] request = prepare(number);
    control.fault("DROP_UPLOAD");

    assertThat(channel.instruct(number, request)).isEqualTo(unknown(Why.TIMEOUT, "NO_WHOLE_REPLY"));
    assertThat(channel.query(number)).isEqualTo(unknown(Why.NOT_FOUND, "NOT_FOUND"));
    assertThat(names("sent")).isEmpty();

    assertThat(channel.instruct(number, request)).isInstanceOf(Outcome.Accepted.class);
    awaitPaid(number);
    assertThat(control.timesPaid(number)).isEqualTo(1);
  }

  @Test
  void aSenderThatDiedBeforeRenamingIsMadeUpFor() throws IOException {
    String number = number();
    byte[] request = prepare(number);
    control.fault("ERROR_500");
    assertThat(channel.instruct(number, request)).isEqualTo(unknown(Why.CHANNEL_ERROR, "SFTP_4"));
    assertThat(names("sent")).containsExactly(number);
    assertThat(names("in")).singleElement().matches(name -> name.endsWith(".part"));
    assertThat(channel.query(number)).isEqualTo(unknown(Why.NOT_FOUND, "NOT_FOUND"));

    BankFileChannel other = open(BankFileTestSettings.of(bank.filePort(), TIMEOUT));
    assertThat(other.instruct(number, request)).isInstanceOf(Outcome.Accepted.class);

    awaitPaid(number);
    assertThat(channel.instruct(number, request)).isInstanceOf(Outcome.Accepted.class);
    assertThat(control.timesPaid(number)).isEqualTo(1);
    assertThat(names("in")).isEmpty();
  }

  @Test
  void whatTheBankHasTakenAwayIsNeverSentAgain() {
    String number = number();
    byte[] request = prepare(number);
    control.fault("DROP_REPLY");
    control.fault("NO_CALLBACK");
    assertThat(channel.instruct(number, request)).isEqualTo(unknown(Why.TIMEOUT, "NO_WHOLE_REPLY"));
    Eventually.until("paid", () -> control.timesPaid(number) == 1);

    // No file, no status: the note says that it was handed over.
    assertThat(channel.query(number)).isEqualTo(new Outcome.Accepted(null));
    assertThat(channel.instruct(number, request)).isEqualTo(new Outcome.Accepted(null));
    assertThat(control.timesPaid(number)).isEqualTo(1);
  }

  @Test
  void aNoteThatCannotBeReadLeavesItOpen() throws IOException {
    String number = number();
    Files.writeString(files.resolve("sent").resolve(number), "");

    assertThat(channel.instruct(number, prepare(number)))
        .isEqualTo(unknown(Why.CHANNEL_ERROR, "NOTE_ILLEGIBLE"));
    assertThat(channel.query(number)).isEqualTo(unknown(Why.CHANNEL_ERROR, "NOTE_ILLEGIBLE"));
    Files.writeString(
        files.resolve("sent").resolve(number), "../../etc/passwd " + "0".repeat(64) + "\n");
    assertThat(channel.query(number)).isEqualTo(unknown(Why.CHANNEL_ERROR, "NOTE_ILLEGIBLE"));
  }

  @Test
  void withoutAPlaceForNotesNothingIsEverFoundMissing() {
    BankFileChannel other =
        open(
            BankFileTestSettings.of(
                bank.filePort(), TIMEOUT, BankFileTestSettings.HOST_KEY.getPublic(), null, null));
    String number = number();

    assertThat(other.limits().dedupes()).isFalse();
    assertThat(other.query(number)).isEqualTo(unknown(Why.CHANNEL_ERROR, "NO_STATUS_YET"));
    assertThat(other.instruct(number, prepare(number))).isEqualTo(new Outcome.Accepted(null));
    awaitPaid(number);
  }

  @Test
  void aFileThatIsStillThereIsNotSentAgain() throws IOException {
    String number = number();
    Files.write(files.resolve("in").resolve(number + ".xml"), prepare(number));

    assertThat(channel.instruct(number, prepare(number))).isEqualTo(new Outcome.Accepted(null));
    assertThat(channel.query(number)).isEqualTo(new Outcome.Accepted(null));
    assertThat(names("in")).containsExactly(number + ".xml");
  }

  @Test
  void whatDoesntFitTheSchemaIsRefusedHere() throws IOException {
    String number = number();
    byte[] other = prepare(number());

    assertThat(channel.instruct(number, "<Document/>".getBytes(StandardCharsets.UTF_8)))
        .matches(outcome -> ((Outcome.Refused) outcome).code().equals("SCHEMA"));
    assertThat(channel.instruct(number, other))
        .matches(outcome -> ((Outcome.Refused) outcome).code().equals("OTHER_REQUEST"));
    assertThat(names("in")).isEmpty();
    assertThat(names("sent")).isEmpty();
  }

  @Test
  void pollsUntilItIsAcknowledgedAndStillAnswersAfterwards() throws IOException {
    String number = number();
    assertThat(channel.instruct(number, prepare(number))).isInstanceOf(Outcome.Accepted.class);
    Eventually.until("all three files", () -> channel.poll().deliveries().size() == 3);
    Outcome paid = channel.query(number);

    Polled first = channel.poll();
    Polled second = channel.poll();

    assertThat(evidence(first)).isEqualTo(evidence(second)).doesNotHaveDuplicates();
    assertThat(evidence(first).toString()).contains(Masking.mask(IBAN)).doesNotContain(IBAN);
    assertThat(first.more()).isFalse();
    for (Polled.Delivery delivery : first.deliveries()) {
      assertThat(channel.acknowledge(delivery.token())).isTrue();
      assertThat(channel.acknowledge(delivery.token())).isTrue();
    }
    assertThat(channel.poll()).isEqualTo(Polled.NOTHING);
    assertThat(names("done")).hasSize(3);
    assertThat(channel.query(number)).isEqualTo(paid).isInstanceOf(Outcome.Paid.class);
  }

  @Test
  void aDebitAdviceAloneProvesThePayment() throws IOException {
    String number = number();
    assertThat(channel.instruct(number, prepare(number))).isInstanceOf(Outcome.Accepted.class);
    awaitPaid(number);
    for (String name : names("out")) {
      if (name.startsWith("pain002")) {
        Files.delete(files.resolve("out").resolve(name));
      }
    }

    assertThat(channel.query(number))
        .matches(outcome -> AMOUNT.equals(((Outcome.Paid) outcome).amount()))
        .matches(outcome -> Masking.mask(IBAN).equals(((Outcome.Paid) outcome).beneficiary()));
  }

  @Test
  void contradictingFilesSettleNothing() {
    String number = number();
    assertThat(channel.instruct(number, prepare(number))).isInstanceOf(Outcome.Accepted.class);
    awaitPaid(number);
    control.call(
        "POST",
        "/control/callback",
        "{\"requestNo\":\"%s\",\"status\":\"REFUSED\",\"code\":\"ACCOUNT_CLOSED\"}"
            .formatted(number),
        202);

    Eventually.until(
        "the contradiction",
        () -> channel.query(number).equals(unknown(Why.CHANNEL_ERROR, "CONTRADICTING_FILES")));
  }

  @Test
  void aPartialReturnSentTwiceIsOneReference() {
    String number = number();
    assertThat(channel.instruct(number, prepare(number))).isInstanceOf(Outcome.Accepted.class);
    awaitPaid(number);
    control.call(
        "POST",
        "/control/return",
        "{\"requestNo\":\"%s\",\"amount\":\"499.00\",\"twice\":true}".formatted(number),
        200);

    Eventually.until("both", () -> returns().size() == 2);
    assertThat(returns().get(0))
        .isEqualTo(returns().get(1))
        .matches(returned -> returned.amount().equals(Money.ofMinor(49_900, "EUR")));
    awaitPaid(number);
  }

  @Test
  void aFileThatCannotBeReadIsDeliveredAfterTheTimeToWriteIt() throws IOException {
    Path garbage = Files.writeString(files.resolve("out").resolve("garbage.xml"), "<html>");
    Path huge = Files.write(files.resolve("out").resolve("huge.xml"), new byte[300 * 1024]);

    assertThat(channel.poll()).isEqualTo(Polled.NOTHING);
    clock.advance(Duration.ofMinutes(1));
    assertThat(channel.poll().deliveries())
        .hasSize(2)
        .allMatch(delivery -> delivery.messages().isEmpty())
        .anyMatch(delivery -> String.valueOf(delivery.flaw()).contains("262144 bytes"))
        .anyMatch(delivery -> String.valueOf(delivery.flaw()).contains("XML"));

    // It was being written: now it is whole.
    Files.delete(huge);
    Files.writeString(garbage, whole(number(), "ACSC"));
    assertThat(channel.poll().deliveries())
        .singleElement()
        .matches(delivery -> delivery.flaw() == null && delivery.messages().size() == 1);
  }

  @Test
  void aBacklogIsReadInPartsAndNothingIsSaidBeforeItsEnd() throws IOException {
    String number = number();
    for (int i = 0; i < 150; i++) {
      String name = "status-%03d.xml".formatted(i);
      Path file =
          Files.writeString(
              files.resolve("out").resolve(name), whole(i == 140 ? number : number(), "ACSC"));
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(i)));
    }

    assertThat(channel.query(number)).isEqualTo(unknown(Why.CHANNEL_ERROR, "MORE_FILES_TO_READ"));
    assertThat(channel.query(number)).isInstanceOf(Outcome.Paid.class);
    Polled polled = channel.poll();
    assertThat(polled.deliveries()).hasSize(100);
    assertThat(polled.more()).isTrue();
  }

  @Test
  void filesFromBeforeThePaymentArentReadForIt() throws IOException {
    String number = number();
    Path file = Files.writeString(files.resolve("out").resolve("old.xml"), whole(number, "ACSC"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

    assertThat(channel.query(number)).isEqualTo(unknown(Why.NOT_FOUND, "NOT_FOUND"));
  }

  @Test
  void hasNoCallbacksAndNoOtherTokens() {
    assertThat(channel.verify(new RawCallback("/", Map.of(), new byte[0])))
        .isInstanceOf(CallbackVerdict.Rejected.class);
    for (String token : List.of("", "../in/x.xml", ".hidden", "a/b", "a\nb")) {
      assertThatThrownBy(() -> channel.acknowledge(token))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> channel.query("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theBankGoesOnWithFilesLeftWhenItStopped() throws IOException {
    String number = number();
    bank.close();
    Files.write(files.resolve("in").resolve(number + ".xml"), prepare(number));

    bank.start();
    try (BankControl again = new BankControl(bank.url())) {
      Eventually.until("paid", () -> again.timesPaid(number) == 1);
    }
  }

  private BankFileChannel open(BankFileSettings settings) {
    BankFileChannel another = new BankFileChannel(settings, clock);
    opened.add(another);
    return another;
  }

  private String number() {
    return Ids.requestNumber(ids.next());
  }

  private byte[] prepare(String number) {
    return channel.prepare(
        new PayoutInstruction(
            number, AMOUNT, "IBAN", IBAN, "Erika Mustermann", null, "Rent", clock.instant()));
  }

  private void awaitPaid(String number) {
    Eventually.until("paid", () -> channel.query(number) instanceof Outcome.Paid);
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> found = Files.list(files.resolve(directory))) {
      return found.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  private List<ChannelEvent.Returned> returns() {
    return channel.poll().deliveries().stream()
        .flatMap(delivery -> delivery.messages().stream())
        .map(message -> message.verified().event())
        .filter(ChannelEvent.Returned.class::isInstance)
        .map(ChannelEvent.Returned.class::cast)
        .toList();
  }

  private static List<String> evidence(Polled polled) {
    return polled.deliveries().stream()
        .flatMap(delivery -> delivery.messages().stream())
        .map(message -> new String(message.evidence(), StandardCharsets.UTF_8))
        .toList();
  }

  private static String whole(String number, String status) {
    return BankMessagesTest.status(number, "PART", BankMessagesTest.item(number, status, ""));
  }

  private static Unknown unknown(Why why, @Nullable String code) {
    return new Unknown(why, String.valueOf(code));
  }
}

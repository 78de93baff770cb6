package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.BankControl;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.RawCallback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the bank is told, once. */
class BankFileSendingTest extends BankFileBench {
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
}

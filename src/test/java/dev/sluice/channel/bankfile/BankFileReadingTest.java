package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.Polled;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the bank tells. */
class BankFileReadingTest extends BankFileBench {
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
}

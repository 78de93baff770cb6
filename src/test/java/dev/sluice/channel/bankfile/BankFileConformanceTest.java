package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Polled;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.support.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Bank files, over SFTP. */
@Execution(ExecutionMode.CONCURRENT)
class BankFileConformanceTest extends ChannelConformance {
  /** A connection's keys are exchanged within it, on a busy machine too. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(6);

  /** At how many places of what the server says a byte is changed. */
  private static final int PLACES = 16;

  private static final AtomicBoolean CONNECTED_BEFORE = new AtomicBoolean();

  private Path files = Path.of("");

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    if (CONNECTED_BEFORE.compareAndSet(false, true)) {
      // The first connection of all loads classes, which takes its time on a busy machine.
      try (BankFileChannel patient =
          new BankFileChannel(
              BankFileTestSettings.of(bank.filePort(), Duration.ofMinutes(1)), clock)) {
        assertThat(kind(patient.query(number()))).isEqualTo("NOT_FOUND");
      }
    }
    return new BankFileChannel(BankFileTestSettings.of(bank.filePort(), CALL_TIMEOUT), clock);
  }

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    files = folder.resolve("files");
    var _ = untaught.speak(BankFileTestSettings.peer(files, false));
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(ProviderTrait.REPEATS_TELL_NOTHING, ProviderTrait.SILENT_ON_FUNDS);
  }

  @Override
  protected Set<String> proofHeaders() {
    return Set.of();
  }

  @Override
  protected String receipt() {
    return "";
  }

  /** What the bank's files say, but that a payment is under way. */
  @Override
  protected List<CallbackVerdict> told(int count) {
    Eventually.until(count + " statuses", () -> statuses().size() >= count);
    return statuses();
  }

  @Override
  protected List<CallbackVerdict> toldSoFar() {
    return statuses();
  }

  @Override
  protected void forgetTold() {
    channel.poll().deliveries().forEach(delivery -> channel.acknowledge(delivery.token()));
  }

  /** A file is taken whatever it says, and the connection alone can fail. */
  @Override
  protected Case expected(Case usual) {
    return switch (usual.fault()) {
      case "REFUSE", "REFUSE_BENEFICIARY" -> with(usual, "Accepted", usual.later());
      case "UNSIGNED_REPLY", "FORGED_REPLY", "HTML_REPLY" -> with(usual, "Accepted", "Paid");
      case "THROTTLE_429" -> with(usual, "CHANNEL_ERROR", "NOT_FOUND");
      case "DOWN" -> with(usual, "NO_CONNECTION", "NOT_FOUND");
      case "NO_CALLBACK" -> with(usual, "Accepted", "Accepted");
      default -> usual;
    };
  }

  /** What was handed over stays so: silence says nothing about it. */
  @Override
  protected String whenNothingIsFound() {
    return "Accepted";
  }

  /** There is nobody to ask but the files. The bank's statement tells. */
  @Override
  protected String whenNeverTold() {
    return "Accepted";
  }

  /** The channel hands a file over once, so it takes one that forgets what it has sent. */
  @Override
  protected void sendOnceMore(String number) {
    assertThat(kind(send(number))).isEqualTo("Accepted");
    assertThat(control.timesPaid(number)).isEqualTo(1);
    try (BankFileChannel forgetful =
        new BankFileChannel(
            BankFileTestSettings.of(
                bank.filePort(),
                CALL_TIMEOUT,
                BankFileTestSettings.HOST_KEY.getPublic(),
                null,
                null),
            Clock.systemUTC())) {
      assertThat(kind(forgetful.instruct(number, forgetful.prepare(instruction(number)))))
          .isEqualTo("Accepted");
    }
  }

  /** Files aren't signed: what proves them is the connection. */
  @Test
  @Override
  protected void anyByteOfACallbackChangedIsRefused() throws IOException {
    send(number());
    var _ = told(1);

    eachByteChanged(
        Channel::poll,
        polled -> !polled.deliveries().isEmpty() && polled.failure() == null,
        polled -> polled.deliveries().isEmpty() && polled.failure() != null);
  }

  @Test
  @Override
  protected void anyByteOfAReplyChangedIsNoProof() throws IOException {
    String number = number();
    send(number);
    var _ = told(1);

    eachByteChanged(
        intercepted -> intercepted.query(number),
        outcome -> kind(outcome).equals("Paid"),
        Outcome.Unknown.class::isInstance);
  }

  /** A file that stays is the same each time, whenever it is read, and so counts once. */
  @Test
  @Override
  protected void aCallbackIsRefusedOutsideItsTime() {
    send(number());
    var _ = told(1);
    List<Polled.Message> now = messages(channel);

    List<Polled.Message> later =
        messages(open(bank.url(), Clock.offset(Clock.systemUTC(), Duration.ofDays(30))));

    assertThat(later).usingRecursiveComparison().isEqualTo(now);
    forgetTold();
    assertThat(channel.poll()).isEqualTo(Polled.NOTHING);
  }

  @Test
  @Override
  protected void aCallbackForAnotherMerchantIsRefused() {
    String number = number();
    control.fault("KEEP_PROCESSING");
    send(number);
    forgetTold();
    SettableClock clock = new SettableClock();
    Channel patient = open(bank.url(), clock);

    control.call(
        "POST",
        "/control/callback",
        "{\"requestNo\":\"%s\",\"merchantId\":\"M-OTHER\",\"status\":\"PAID\"}".formatted(number),
        202);

    Eventually.until(
        "a flaw",
        () -> {
          var deliveries = patient.poll().deliveries();
          clock.advance(Duration.ofMinutes(1));
          return deliveries.stream()
              .anyMatch(each -> each.flaw() != null && each.messages().isEmpty());
        });
    assertThat(statuses()).isEmpty();
    assertThat(kind(channel.query(number))).isEqualTo("Accepted");
  }

  @Test
  @Override
  protected void aReplyAboutAnotherNumberIsNoProof() {
    String paid = number();
    send(paid);
    var _ = told(1);
    String other = number();

    assertThat(kind(channel.query(other))).isEqualTo("NOT_FOUND");
    control.fault("KEEP_PROCESSING");
    send(other);
    assertThat(kind(channel.query(other))).isEqualTo("Accepted");
    assertPaid(channel.query(paid));
  }

  /** A file that is older than the payment can't be about it. */
  @Test
  @Override
  protected void aReplyFromAnotherDayIsNoProof() throws IOException {
    String number = number();
    send(number);
    var _ = told(1);
    assertPaid(channel.query(number));
    try (Stream<Path> left = Files.list(files.resolve("out"))) {
      for (Path file : left.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
      }
    }

    assertThat(kind(channel.query(number))).isEqualTo("Accepted");
  }

  /**
   * Asks over connections of which each has another byte changed on its way to us. The last eighth
   * is left out: there the server takes its leave, when all is told.
   */
  private <T> void eachByteChanged(
      Function<Channel, T> asks, Predicate<T> isBelieved, Predicate<T> isNot) throws IOException {
    try (Wire wire = new Wire(bank.filePort())) {
      int bytes;
      try (BankFileChannel untouched = over(wire)) {
        assertThat(asks.apply(untouched)).matches(isBelieved);
        bytes = (int) (wire.carried() * 7L / 8);
      }
      assertThat(bytes).isGreaterThan(2_000);
      for (int i = 0; i < PLACES; i++) {
        int at = (int) ((long) bytes * i / PLACES);
        wire.changeByteOfNext(at);
        try (BankFileChannel intercepted = over(wire)) {
          assertThat(asks.apply(intercepted)).as("byte %d", at).matches(isNot);
        }
        assertThat(wire.hasChanged()).as("byte %d", at).isTrue();
      }
    }
  }

  private static BankFileChannel over(Wire wire) {
    return new BankFileChannel(
        BankFileTestSettings.of(wire.port(), Duration.ofMinutes(1)), Clock.systemUTC());
  }

  private static List<Polled.Message> messages(Channel from) {
    return from.poll().deliveries().stream()
        .flatMap(delivery -> delivery.messages().stream())
        .toList();
  }

  private static Case with(Case usual, String reply, String later) {
    return new Case(usual.fault(), usual.options(), reply, later, usual.timesPaid());
  }

  private List<CallbackVerdict> statuses() {
    return channel.poll().deliveries().stream()
        .flatMap(delivery -> delivery.messages().stream())
        .map(Polled.Message::verified)
        .filter(verified -> !isUnderWay(verified.event()))
        .map(CallbackVerdict.class::cast)
        .toList();
  }

  private static boolean isUnderWay(ChannelEvent event) {
    return event instanceof ChannelEvent.Reported(Outcome outcome)
        && outcome instanceof Outcome.Accepted;
  }
}

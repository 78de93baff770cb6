package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import dev.sluice.money.Ids;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The bank, a receiver of callbacks and the channel under test, opened for each test. */
public abstract class ChannelBench {
  protected static final String MERCHANT = "M-1001";
  protected static final String REQUEST_SECRET = "a request secret for tests";
  protected static final String REPLY_SECRET = "a reply secret for tests!!";
  protected static final String ACCOUNT = "6222081234567891234";
  protected static final Money AMOUNT = Money.ofMinor(50_000, "CNY");

  /** Short, so that faults which outlast it don't hold up the suite; long beside a local call. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  private final Ids ids = new Ids(Clock.systemUTC(), new SplittableRandom());
  private final List<Channel> connected = new ArrayList<>();
  protected SimulatedBank bank;
  protected CallbackReceiver callbacks;
  protected BankControl control;
  protected Channel channel;

  /** A channel that talks to the given address and tells time by the given clock. */
  protected abstract Channel connect(URI address, Clock clock, Duration callTimeout);

  /** Headers on which the proof of a reply or callback rests, besides its body. */
  protected abstract Set<String> proofHeaders();

  /** What a receipt of a callback looks like. */
  protected abstract String receipt();

  /** How the provider differs from most. */
  protected Set<ProviderTrait> traits() {
    return Set.of();
  }

  /** What kind of beneficiary the payments are for. */
  protected String beneficiaryKind() {
    return "CARD";
  }

  /** The beneficiary's full number. */
  protected String account() {
    return ACCOUNT;
  }

  /** Has the bank speak the provider's protocol, before it starts. */
  protected void teach(SimulatedBank untaught, Path folder) throws Exception {}

  /** Waits for so many of the provider's own messages and reads them. */
  protected List<CallbackVerdict> told(int count) {
    return callbacks.await(count).stream().map(channel::verify).toList();
  }

  /** What the provider has told by itself until now. */
  protected List<CallbackVerdict> toldSoFar() {
    return callbacks.received().stream().map(channel::verify).toList();
  }

  /** Lets be what was told so far. */
  protected void forgetTold() {
    callbacks.forget();
  }

  @BeforeEach
  void openTheBank(@TempDir Path folder) throws Exception {
    callbacks = new CallbackReceiver(receipt());
    bank =
        new SimulatedBank(
            SimulatorSettings.local(
                folder.resolve("journal.jsonl"), MERCHANT, REQUEST_SECRET, REPLY_SECRET),
            Clock.systemUTC());
    teach(bank, folder);
    bank.start();
    bank.sendCallbacksTo(callbacks.url());
    control = new BankControl(bank.url());
    channel = open(bank.url(), Clock.systemUTC());
  }

  @AfterEach
  void closeTheBank() throws Exception {
    for (Channel each : connected) {
      if (each instanceof AutoCloseable closeable) {
        closeable.close();
      }
    }
    bank.close();
    control.close();
    callbacks.close();
  }

  protected Channel open(URI address, Clock clock) {
    Channel opened = connect(address, clock, CALL_TIMEOUT);
    connected.add(opened);
    return opened;
  }

  protected String number() {
    return Ids.requestNumber(ids.next());
  }

  protected Outcome send(String number) {
    return channel.instruct(number, channel.prepare(instruction(number)));
  }

  protected PayoutInstruction instruction(String number) {
    return instruction(number, AMOUNT);
  }

  protected PayoutInstruction instruction(String number, Money amount) {
    return new PayoutInstruction(
        number,
        amount,
        beneficiaryKind(),
        account(),
        "张三",
        "ICBC",
        null,
        Instant.parse("2026-01-02T03:04:05Z"));
  }

  protected String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted ignored -> "Accepted";
      case Outcome.Paid paid -> isRight(paid) ? "Paid" : "Paid otherwise";
      case Outcome.Refused refused -> refused.beneficiaryAtFault() ? "Refused for ever" : "Refused";
      case Outcome.Unknown unknown -> unknown.why().name();
    };
  }

  protected boolean isRight(Outcome.Paid paid) {
    return AMOUNT.equals(paid.amount())
        && Objects.equals(
            traits().contains(ProviderTrait.NAMES_NOBODY) ? null : Masking.mask(account()),
            paid.beneficiary());
  }

  protected void assertPaid(Outcome outcome) {
    assertThat(kind(outcome)).as(outcome.toString()).isEqualTo("Paid");
    assertThat(((Outcome.Paid) outcome).reference()).isNotBlank();
  }
}

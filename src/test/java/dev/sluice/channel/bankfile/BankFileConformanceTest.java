package dev.sluice.channel.bankfile;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Eventually;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Polled;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.SimulatedBank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Bank files, over SFTP. */
class BankFileConformanceTest extends ChannelConformance {
  /** A connection's keys are exchanged within it, on a busy machine too. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new BankFileChannel(BankFileTestSettings.of(bank.filePort(), CALL_TIMEOUT), clock);
  }

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    var _ = untaught.speak(BankFileTestSettings.peer(folder.resolve("files"), false));
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(
        ProviderTrait.BY_FILE, ProviderTrait.REPEATS_TELL_NOTHING, ProviderTrait.SILENT_ON_FUNDS);
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

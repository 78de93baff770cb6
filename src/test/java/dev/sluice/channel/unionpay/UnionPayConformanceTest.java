package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.RawCallback;
import dev.sluice.channel.simulator.SimulatedBank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** UnionPay's protocol, over HTTP. */
@Execution(ExecutionMode.CONCURRENT)
class UnionPayConformanceTest extends ChannelConformance {

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new UnionPayChannel(
        UnionPayTestSettings.of(address.resolve("/unionpay"), callTimeout, null), clock);
  }

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    var _ = untaught.speak(UnionPayTestSettings.peer());
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(
        ProviderTrait.SILENT_ON_FUNDS,
        ProviderTrait.REPLIES_UNDATED,
        ProviderTrait.REPEATS_TELL_NOTHING,
        ProviderTrait.SILENT_ON_RETURNS);
  }

  @Override
  protected Set<String> proofHeaders() {
    return Set.of(); // all is in the body
  }

  @Override
  protected String receipt() {
    return "ok";
  }

  /**
   * UnionPay's notifications carry no time of sending. Played again it is the same notification,
   * which counts once; and it ends with the certificate that it was signed with.
   */
  @Test
  @Override
  protected void aCallbackIsRefusedOutsideItsTime() {
    send(number());
    RawCallback genuine = callbacks.await(1).getFirst();
    Clock now = Clock.systemUTC();

    assertThat(open(bank.url(), Clock.offset(now, Duration.ofHours(6))).verify(genuine))
        .isInstanceOf(CallbackVerdict.Verified.class)
        .isEqualTo(channel.verify(genuine));
    for (Duration apart : List.of(Duration.ofDays(366), Duration.ofDays(-1))) {
      assertThat(open(bank.url(), Clock.offset(now, apart)).verify(genuine))
          .isInstanceOf(CallbackVerdict.Rejected.class);
    }
  }
}

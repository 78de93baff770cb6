package dev.sluice.channel.unionpay;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.SimulatedBank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** UnionPay's protocol, over HTTP. */
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
        ProviderTrait.UNDATED,
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
}

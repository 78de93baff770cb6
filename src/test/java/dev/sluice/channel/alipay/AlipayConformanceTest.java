package dev.sluice.channel.alipay;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.AlipaySimulation;
import dev.sluice.channel.simulator.SimulatedBank;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Alipay in public-key mode, paying to accounts that are named by their user id. */
class AlipayConformanceTest extends ChannelConformance {

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    var _ =
        untaught.speak(
            new AlipaySimulation(
                AlipayTestSettings.APP_ID,
                AlipayTestSettings.APP.getPublic(),
                AlipayTestSettings.ALIPAY.getPrivate(),
                null,
                null));
  }

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new AlipayChannel(
        AlipayTestSettings.of(
            address.resolve("/alipay/gateway.do"),
            AlipayTestSettings.publicKeyMode(),
            Set.of("ALIPAY"),
            callTimeout),
        clock);
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(
        ProviderTrait.REPLIES_TELL_NO_DETAILS,
        ProviderTrait.REPLIES_UNDATED,
        ProviderTrait.CALLBACKS_NAME_NOBODY);
  }

  @Override
  protected String beneficiaryKind() {
    return "ALIPAY";
  }

  @Override
  protected String account() {
    return "2088123412341234";
  }

  @Override
  protected String notFoundCode() {
    return "ORDER_NOT_EXIST";
  }

  /** All of the proof is in the form itself. */
  @Override
  protected Set<String> proofHeaders() {
    return Set.of();
  }

  /** What is signed are the parameters, however they are escaped: %2B and %2b are one. */
  @Override
  protected boolean saysTheSame(byte[] genuine, byte[] changed) {
    return parameters(genuine).equals(parameters(changed));
  }

  @Override
  protected String receipt() {
    return "success";
  }

  private static Set<String> parameters(byte[] form) {
    try {
      return Arrays.stream(new String(form, StandardCharsets.ISO_8859_1).split("&", -1))
          .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
          .collect(Collectors.toSet());
    } catch (IllegalArgumentException e) {
      return Set.of();
    }
  }
}

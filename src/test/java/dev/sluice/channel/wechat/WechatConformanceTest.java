package dev.sluice.channel.wechat;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.WechatSimulation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** WeChat Pay's merchant transfers. */
class WechatConformanceTest extends ChannelConformance {

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    var _ =
        untaught.speak(
            new WechatSimulation(
                WechatTestSettings.MCH_ID,
                WechatTestSettings.APP_ID,
                WechatTestSettings.SERIAL,
                WechatTestSettings.MERCHANT.getPublic(),
                WechatTestSettings.PLATFORM_SERIAL,
                WechatTestSettings.PLATFORM.getPrivate(),
                WechatTestSettings.APIV3_KEY,
                null));
  }

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new WechatChannel(
        WechatTestSettings.of(address.resolve("/wechat"), WechatTestSettings.keys(), callTimeout),
        clock);
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(ProviderTrait.REPLIES_TELL_NO_DETAILS, ProviderTrait.SILENT_ON_RETURNS);
  }

  @Override
  protected String beneficiaryKind() {
    return "WECHAT";
  }

  @Override
  protected String account() {
    return "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
  }

  @Override
  protected Set<String> proofHeaders() {
    return Set.of(
        WechatSignature.TIMESTAMP,
        WechatSignature.NONCE,
        WechatSignature.SIGNATURE,
        WechatSignature.SERIAL);
  }

  @Override
  protected String receipt() {
    return "";
  }
}

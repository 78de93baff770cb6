package dev.sluice.channel.alipay;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ProviderTrait;
import dev.sluice.channel.simulator.AlipaySimulation;
import dev.sluice.channel.simulator.SimulatedBank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/** Alipay in certificate mode, paying to bank cards. */
class AlipayCardConformanceTest extends AlipayConformanceTest {

  @Override
  protected void teach(SimulatedBank untaught, Path folder) {
    var serials = Objects.requireNonNull(AlipayTestSettings.certificateMode().certificates());
    var _ =
        untaught.speak(
            new AlipaySimulation(
                AlipayTestSettings.APP_ID,
                AlipayTestSettings.APP.getPublic(),
                AlipayTestSettings.ALIPAY.getPrivate(),
                new AlipaySimulation.Certificates(serials.app(), serials.root(), serials.alipay()),
                null));
  }

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new AlipayChannel(
        AlipayTestSettings.of(
            address.resolve("/alipay/gateway.do"),
            AlipayTestSettings.certificateMode(),
            Set.of("CARD"),
            callTimeout),
        clock);
  }

  @Override
  protected Set<ProviderTrait> traits() {
    return Set.of(
        ProviderTrait.REPLIES_TELL_NO_DETAILS,
        ProviderTrait.REPLIES_UNDATED,
        ProviderTrait.NAMES_NOBODY);
  }

  @Override
  protected String beneficiaryKind() {
    return "CARD";
  }

  @Override
  protected String account() {
    return ACCOUNT;
  }

  /** Alipay never tells which card it paid, so a wrong one shows on the statement only. */
  @Override
  protected Case expected(Case usual) {
    return usual.fault().equals("WRONG_BENEFICIARY")
        ? new Case(usual.fault(), usual.options(), usual.reply(), "Paid", usual.timesPaid())
        : usual;
  }
}

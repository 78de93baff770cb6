package dev.sluice.channel.bank;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelConformance;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** The bank's own protocol. */
class BankChannelConformanceTest extends ChannelConformance {

  @Override
  protected Channel connect(URI address, Clock clock, Duration callTimeout) {
    return new BankChannel(
        BankTestSettings.of(address, MERCHANT, REQUEST_SECRET, REPLY_SECRET, callTimeout), clock);
  }

  @Override
  protected Set<String> proofHeaders() {
    return Set.of(BankSignature.TIMESTAMP, BankSignature.SIGNATURE, BankSignature.REQUEST_NO);
  }

  @Override
  protected String subjectHeader() {
    return BankSignature.REQUEST_NO;
  }

  @Override
  protected String receipt() {
    return "RECEIVED";
  }
}

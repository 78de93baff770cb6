package dev.sluice.channel.unionpay;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.simulator.UnionPaySimulation;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings for tests. */
final class UnionPayTestSettings {
  static final String MERCHANT = "777290058110048";

  private UnionPayTestSettings() {}

  static UnionPaySettings of(URI url, Duration callTimeout, @Nullable X509Certificate encryption) {
    TestPki pki = TestPki.SHARED;
    return new UnionPaySettings(
        UnionPaySettings.DEFAULT_NAME,
        url,
        MERCHANT,
        pki.merchant.keys().getPrivate(),
        pki.merchant.certificate(),
        pki.root.certificate(),
        List.of(pki.middle.certificate()),
        Set.of(UnionPaySettings.PRODUCTION_SIGNER),
        encryption,
        URI.create("https://sluice.example/v1/callbacks/unionpay"),
        new ChannelLimits(
            Set.of("CNY"),
            Set.of("CARD"),
            1,
            5_000_000,
            64,
            callTimeout,
            Duration.ofMinutes(30),
            Duration.ofDays(30),
            false));
  }

  static UnionPaySimulation peer() {
    TestPki pki = TestPki.SHARED;
    return new UnionPaySimulation(
        MERCHANT,
        pki.merchant.certificate(),
        pki.signer.keys().getPrivate(),
        pki.signer.certificate(),
        null);
  }
}

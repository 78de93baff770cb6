package dev.sluice.channel.simulator;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A provider that the simulated bank also poses as, at a path or file server of its own. */
public sealed interface ProviderSimulation
    permits AlipaySimulation, WechatSimulation, UnionPaySimulation, BankFileSimulation {

  /** Where this provider's callbacks go; null for where the bank's own go. */
  @Nullable URI callbackUrl();
}

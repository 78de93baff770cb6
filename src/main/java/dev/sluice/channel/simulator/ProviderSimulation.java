package dev.sluice.channel.simulator;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A provider that the simulated bank also poses as, at a path of its own. */
public sealed interface ProviderSimulation permits AlipaySimulation, WechatSimulation {

  /** Where this provider's callbacks go; null for where the bank's own go. */
  @Nullable URI callbackUrl();
}

package dev.sluice.channel.simulator;

import java.net.URI;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * Alipay, at {@code /alipay/gateway.do}.
 *
 * @param appId the one application that it knows
 * @param appKey verifies what the application sends
 * @param alipayKey signs what it says itself
 * @param certificates in certificate mode, the serial numbers that it demands and tells; else null
 * @param callbackUrl the application's gateway
 */
public record AlipaySimulation(
    String appId,
    PublicKey appKey,
    PrivateKey alipayKey,
    @Nullable Certificates certificates,
    @Nullable URI callbackUrl)
    implements ProviderSimulation {

  /**
   * Serial numbers of certificates, as Alipay reckons them.
   *
   * @param app demanded as {@code app_cert_sn}
   * @param root demanded as {@code alipay_root_cert_sn}
   * @param alipay told as {@code alipay_cert_sn}
   */
  public record Certificates(String app, String root, String alipay) {}

  @Override
  public String toString() {
    return "AlipaySimulation[%s]".formatted(appId);
  }
}

package dev.sluice.channel.simulator;

import java.net.URI;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * WeChat Pay, below {@code /wechat}.
 *
 * @param mchId the one merchant that it knows
 * @param appId the merchant's application
 * @param merchantSerial serial number of the merchant's certificate
 * @param merchantKey verifies what the merchant sends
 * @param platformSerial serial number or id of its own key
 * @param platformKey signs what it says, and decrypts names
 * @param apiV3Key encrypts notifications: 32 bytes
 * @param callbackUrl where notifications go, whatever an instruction asks for
 */
public record WechatSimulation(
    String mchId,
    String appId,
    String merchantSerial,
    PublicKey merchantKey,
    String platformSerial,
    PrivateKey platformKey,
    String apiV3Key,
    @Nullable URI callbackUrl)
    implements ProviderSimulation {

  @Override
  public String toString() {
    return "WechatSimulation[%s]".formatted(mchId);
  }
}

package dev.sluice.channel.simulator;

import java.net.URI;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * UnionPay, below {@code /unionpay}.
 *
 * @param merchantId the one merchant it has (merId)
 * @param merchant the merchant's signing certificate
 * @param key the bank's key: signs what it says, and decrypts card numbers
 * @param certificate its certificate, sent along with all that it says
 * @param callbackUrl where notifications go, whatever an instruction says
 */
public record UnionPaySimulation(
    String merchantId,
    X509Certificate merchant,
    PrivateKey key,
    X509Certificate certificate,
    @Nullable URI callbackUrl)
    implements ProviderSimulation {

  @Override
  public String toString() {
    return "UnionPaySimulation[" + merchantId + "]";
  }
}

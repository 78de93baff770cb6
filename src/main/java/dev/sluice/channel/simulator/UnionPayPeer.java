package dev.sluice.channel.simulator;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * What the bank needs to know to speak UnionPay's protocol.
 *
 * @param merchantId the one merchant it has (merId)
 * @param merchant the merchant's signing certificate
 * @param key the bank's key: signs what it says, and decrypts card numbers
 * @param certificate its certificate, sent along with all that it says
 */
public record UnionPayPeer(
    String merchantId, X509Certificate merchant, PrivateKey key, X509Certificate certificate) {

  @Override
  public String toString() {
    return "UnionPayPeer[" + merchantId + "]";
  }
}

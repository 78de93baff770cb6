package dev.sluice.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as Standard Webhooks 1.0.0 says ("Signature scheme", symmetric): {@code v1,} and the Base64
 * of the HMAC-SHA256 over {@code id.timestamp.body}.
 */
final class StandardSignature {
  /** What a secret begins with when it is shown. */
  static final String SECRET_PREFIX = "whsec_";

  private StandardSignature() {}

  /** The value of {@code webhook-signature}. */
  static String of(byte[] secret, String id, long epochSeconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((id + "." + epochSeconds + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256 is not available", e);
    }
  }

  /** A secret as its owner gets to see it. */
  static String show(byte[] secret) {
    return SECRET_PREFIX + Base64.getEncoder().encodeToString(secret);
  }
}

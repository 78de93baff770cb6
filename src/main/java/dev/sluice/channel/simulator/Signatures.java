package dev.sluice.channel.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The bank's own signature: lower-case hex HMAC-SHA256 over {@code timestamp \n subject \n body}.
 * The subject of a request is its method and path, that of a reply or callback the request number.
 */
final class Signatures {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  Signatures(String secret) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  String sign(String timestamp, String subject, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update((timestamp + "\n" + subject + "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is missing from this Java", e);
    }
  }

  boolean matches(String signature, String timestamp, String subject, byte[] body) {
    return MessageDigest.isEqual(
        sign(timestamp, subject, body).getBytes(StandardCharsets.UTF_8),
        signature.getBytes(StandardCharsets.UTF_8));
  }
}

package dev.sluice.channel.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** SHA-256 with RSA in base64, as the providers that the bank poses as sign. */
final class Rsa {
  private static final String ALGORITHM = "SHA256withRSA";

  private Rsa() {}

  static String sign(PrivateKey key, String message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(message.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key can't sign", e);
    }
  }

  static boolean verifies(PublicKey key, String message, @Nullable String sign) {
    if (sign == null) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(message.getBytes(StandardCharsets.UTF_8));
      return signature.verify(Base64.getDecoder().decode(sign));
    } catch (SignatureException | IllegalArgumentException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key can't verify", e);
    }
  }

  /** Right in form, and made without the key. */
  static String forge(String signature) {
    byte[] bytes = Base64.getDecoder().decode(signature);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= (byte) (i + 1);
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}

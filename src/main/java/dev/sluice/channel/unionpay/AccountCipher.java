package dev.sluice.channel.unionpay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts card numbers to UnionPay's encryption certificate, and decrypts those that it encrypted
 * to our signing certificate: RSA with PKCS #1 v1.5 padding and Base64, as the provider prescribes
 * (敏感信息加密). The padding is random, so two encryptions differ.
 */
final class AccountCipher {
  private static final String ALGORITHM = "RSA/ECB/PKCS1Padding";

  private final X509Certificate theirs;
  private final PrivateKey ours;

  AccountCipher(X509Certificate theirs, PrivateKey ours) {
    this.theirs = theirs;
    this.ours = ours;
  }

  /** Which certificate we encrypt to: its serial number, decimal. */
  String certificateId() {
    return theirs.getSerialNumber().toString();
  }

  String encrypt(String account) {
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      // The key alone: UnionPay's certificates don't always allow what they are handed out for.
      cipher.init(Cipher.ENCRYPT_MODE, theirs.getPublicKey());
      return Base64.getEncoder()
          .encodeToString(cipher.doFinal(account.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the encryption certificate can't encrypt", e);
    }
  }

  /** The number, or null if it isn't one that was encrypted to us. */
  @Nullable String decrypt(String encrypted) {
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(Cipher.DECRYPT_MODE, ours);
      return new String(
          cipher.doFinal(Base64.getDecoder().decode(encrypted)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }
}

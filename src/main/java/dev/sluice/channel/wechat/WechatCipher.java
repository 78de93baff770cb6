package dev.sluice.channel.wechat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What WeChat Pay encrypts for us (AES-256-GCM), and we for it (RSA-OAEP). */
final class WechatCipher {
  private static final int GCM_TAG_BITS = 128;
  private static final int NONCE_BYTES = 12;

  private WechatCipher() {}

  /**
   * Decrypts a notification's resource.
   *
   * @return null if it isn't what the owner of the key encrypted
   */
  static byte @Nullable [] decrypt(
      String apiV3Key, String associatedData, String nonce, String ciphertext) {
    byte[] iv = nonce.getBytes(StandardCharsets.UTF_8);
    if (iv.length != NONCE_BYTES) {
      return null;
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(apiV3Key.getBytes(StandardCharsets.UTF_8), "AES"),
          new GCMParameterSpec(GCM_TAG_BITS, iv));
      cipher.updateAAD(associatedData.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(Base64.getDecoder().decode(ciphertext));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Encrypts a name: RSA-OAEP with SHA-1, as WeChat Pay prescribes; each time another text. */
  static String encrypt(PublicKey key, String text) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return Base64.getEncoder()
          .encodeToString(cipher.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the name can't be encrypted: is it too long?", e);
    }
  }
}

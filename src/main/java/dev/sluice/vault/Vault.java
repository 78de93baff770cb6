package dev.sluice.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals secrets with AES-256-GCM (Tink) and makes keyed fingerprints (HMAC-SHA256, 128 bits) by
 * which a sealed number can be found again.
 *
 * <p>The keyset may hold several keys: the primary seals, all of them open, so that keys rotate
 * while old data stays readable. The fingerprint key is apart and stays.
 */
public final class Vault {
  private static final int MIN_FINGERPRINT_KEY_BYTES = 32;

  private final Aead aead;
  private final SecretKeySpec fingerprintKey;

  /** Ready with its key, to be copied. */
  private final Mac fingerprints;

  /**
   * Opens the vault.
   *
   * @param keysetJson a Tink keyset of AEAD keys in JSON
   * @param fingerprintKey at least 32 random bytes
   * @throws IllegalArgumentException if a key can't be read; the message holds no key material
   */
  public Vault(String keysetJson, byte[] fingerprintKey) {
    if (fingerprintKey.length < MIN_FINGERPRINT_KEY_BYTES) {
      throw new IllegalArgumentException("the fingerprint key needs at least 32 bytes");
    }
    try {
      AeadConfig.register();
      KeysetHandle keys =
          TinkJsonProtoKeysetFormat.parseKeyset(keysetJson, InsecureSecretKeyAccess.get());
      this.aead = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the encryption keyset is not a Tink AEAD keyset in JSON");
    }
    this.fingerprintKey = new SecretKeySpec(fingerprintKey, "HmacSHA256");
    this.fingerprints = newMac();
  }

  /** A fresh keyset of one AES-256-GCM key, as JSON. */
  public static String newKeyset() {
    try {
      AeadConfig.register();
      KeysetHandle keys = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
      return TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not available", e);
    }
  }

  /**
   * Encrypts bytes, bound to a context.
   *
   * @param context where the secret belongs ("beneficiary", "attempt"): it opens nowhere else
   */
  public byte[] seal(byte[] plain, String context) {
    try {
      return aead.encrypt(plain, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed for " + context, e);
    }
  }

  /** Encrypts text, bound to a context. */
  public byte[] seal(String plain, String context) {
    return seal(plain.getBytes(StandardCharsets.UTF_8), context);
  }

  /**
   * Decrypts what {@link #seal} made.
   *
   * @throws IllegalStateException if it was changed, belongs elsewhere, or its key is gone
   */
  public byte[] open(byte[] sealed, String context) {
    try {
      return aead.decrypt(sealed, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "a sealed " + context + " does not open: changed, or its key is not in the keyset");
    }
  }

  /** Decrypts text. */
  public String openText(byte[] sealed, String context) {
    return new String(open(sealed, context), StandardCharsets.UTF_8);
  }

  /** A keyed hash of the parts in their order; null differs from the empty string. */
  public UUID fingerprint(@Nullable String... parts) {
    Mac mac = mac();
    for (String part : parts) {
      byte[] bytes = part == null ? null : part.getBytes(StandardCharsets.UTF_8);
      mac.update(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
      if (bytes != null) {
        mac.update(bytes);
      }
    }
    return first128Bits(mac.doFinal());
  }

  /** A keyed hash of bytes, as {@link #fingerprint(String...)} makes of text. */
  public UUID fingerprint(byte[] bytes) {
    return first128Bits(mac().doFinal(bytes));
  }

  /** A copy costs half of what looking the algorithm up and giving it the key does. */
  private Mac mac() {
    try {
      return (Mac) fingerprints.clone();
    } catch (CloneNotSupportedException e) {
      return newMac(); // by a provider of the installation's own
    }
  }

  private Mac newMac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(fingerprintKey);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256 is not available", e);
    }
  }

  private static UUID first128Bits(byte[] hash) {
    ByteBuffer buffer = ByteBuffer.wrap(hash);
    return new UUID(buffer.getLong(), buffer.getLong());
  }
}

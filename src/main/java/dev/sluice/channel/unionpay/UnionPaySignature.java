package dev.sluice.channel.unionpay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies as interface 5.1.0 with {@code signMethod} 01 tells: SHA-256 with RSA over the
 * lower-case hex of the SHA-256 of the sorted {@code name=value&...} without {@code signature}.
 * (全渠道平台接入接口规范, 签名机制.)
 */
final class UnionPaySignature {
  static final String SIGNATURE = "signature";
  static final String CERTIFICATE = "signPubKeyCert";
  static final String VERSION = "5.1.0";
  static final String METHOD_RSA = "01";
  private static final String ALGORITHM = "SHA256withRSA";

  private final PrivateKey key;
  private final SignerTrust trust;
  private final Clock clock;

  UnionPaySignature(PrivateKey key, SignerTrust trust, Clock clock) {
    this.key = key;
    this.trust = trust;
    this.clock = clock;
  }

  /** The message with its signature. */
  UnionPayMessage sign(UnionPayMessage message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(digest(message));
      return message.with(SIGNATURE, Base64.getEncoder().encodeToString(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing key can't sign", e);
    }
  }

  /** Why a message isn't UnionPay's, or null if it is. */
  @Nullable String flaw(UnionPayMessage message) {
    String signature = message.get(SIGNATURE);
    String certificate = message.get(CERTIFICATE);
    if (signature == null || certificate == null) {
      return "UNSIGNED";
    }
    if (!message.says("version", VERSION)
        || !message.says("signMethod", METHOD_RSA)
        || !message.says("encoding", "UTF-8")) {
      return "OTHER_SIGNATURE_METHOD";
    }
    return switch (trust.check(certificate, clock.instant())) {
      case SignerTrust.Distrusted(String why) -> why;
      case SignerTrust.Trusted(PublicKey signer) ->
          isRight(signer, message, signature) ? null : "BAD_SIGNATURE";
    };
  }

  private static boolean isRight(PublicKey signer, UnionPayMessage message, String signature) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (!Base64.getEncoder().encodeToString(bytes).equals(signature)) {
      return false; // a second way to write the same bytes
    }
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(signer);
      verifier.update(digest(message));
      return verifier.verify(bytes);
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(ALGORITHM + " is missing from this Java", e);
    }
  }

  private static byte[] digest(UnionPayMessage message) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(message.signed().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java", e);
    }
  }
}

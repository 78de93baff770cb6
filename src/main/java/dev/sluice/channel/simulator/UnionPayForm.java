package dev.sluice.channel.simulator;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** UnionPay's messages as the bank's side reads, writes and signs them. */
final class UnionPayForm {
  private static final String SIGNATURE = "signature";

  private UnionPayForm() {}

  /** Reads a form, or null if it isn't one. */
  static @Nullable SortedMap<String, String> read(byte[] body) {
    SortedMap<String, String> fields = new TreeMap<>();
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        return null;
      }
      try {
        fields.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return fields;
  }

  /** As a notification is sent. */
  static byte[] encoded(SortedMap<String, String> fields) {
    return fields.entrySet().stream()
        .map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** As a reply is sent: nothing is encoded. */
  static byte[] plain(Map<String, String> fields) {
    return join(fields).getBytes(StandardCharsets.UTF_8);
  }

  static void sign(Map<String, String> fields, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(digest(fields));
      fields.put(SIGNATURE, Base64.getEncoder().encodeToString(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the bank can't sign", e);
    }
  }

  static boolean isSigned(Map<String, String> fields, PublicKey key) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(key);
      signature.update(digest(fields));
      return signature.verify(Base64.getDecoder().decode(fields.getOrDefault(SIGNATURE, "")));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The number behind an encrypted one, or null. */
  static @Nullable String decrypt(String encrypted, PrivateKey key) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      cipher.init(Cipher.DECRYPT_MODE, key);
      return new String(
          cipher.doFinal(Base64.getDecoder().decode(encrypted)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }

  private static byte[] digest(Map<String, String> fields) throws GeneralSecurityException {
    SortedMap<String, String> signed = new TreeMap<>(fields);
    signed.remove(SIGNATURE);
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(join(signed).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash).getBytes(StandardCharsets.UTF_8);
  }

  private static String join(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining("&"));
  }
}

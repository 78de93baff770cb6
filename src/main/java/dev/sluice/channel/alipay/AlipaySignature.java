package dev.sluice.channel.alipay;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * RSA2, that is SHA-256 with RSA (PKCS#1 v1.5), in base64. Requests and notifications are signed
 * over their parameters, sorted and joined as {@code a=1&b=2}; replies over the raw text of their
 * node.
 */
final class AlipaySignature {
  static final String RSA2 = "RSA2";
  static final String SIGN = "sign";
  static final String SIGN_TYPE = "sign_type";
  private static final int MAX_SIGNATURE_CHARS = 1_024;

  private final AlipayKeys keys;

  AlipaySignature(AlipayKeys keys) {
    this.keys = keys;
  }

  /** Signs a request of ours: all parameters that aren't empty, except the signature. */
  String sign(Map<String, String> parameters) {
    Map<String, String> signed = new TreeMap<>(parameters);
    signed.remove(SIGN);
    signed.values().removeIf(String::isEmpty);
    try {
      Signature signature = rsa2();
      signature.initSign(keys.appKey());
      signature.update(content(signed).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (InvalidKeyException | SignatureException e) {
      throw new IllegalStateException("the application's private key can't sign", e);
    }
  }

  /** Whether Alipay signed these bytes. */
  boolean isAlipays(byte[] raw, @Nullable String sign) {
    byte[] bytes = decode(sign);
    if (bytes == null) {
      return false;
    }
    try {
      Signature signature = rsa2();
      signature.initVerify(keys.alipayKey());
      signature.update(raw);
      return signature.verify(bytes);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("Alipay's public key can't verify", e);
    } catch (SignatureException e) {
      return false; // not even the form of a signature
    }
  }

  /**
   * Whether Alipay signed a notification: over all parameters but {@code sign} and {@code
   * sign_type}, or, as some of its messages are, over all but {@code sign}.
   */
  boolean isAlipays(Map<String, String> parameters, Charset charset) {
    if (!RSA2.equals(parameters.get(SIGN_TYPE))) {
      return false;
    }
    String sign = parameters.get(SIGN);
    return isAlipays(content(without(parameters, Set.of(SIGN, SIGN_TYPE))).getBytes(charset), sign)
        || isAlipays(content(without(parameters, Set.of(SIGN))).getBytes(charset), sign);
  }

  private static Map<String, String> without(Map<String, String> parameters, Set<String> names) {
    Map<String, String> left = new TreeMap<>(parameters);
    left.keySet().removeAll(names);
    return left;
  }

  private static String content(Map<String, String> sorted) {
    return sorted.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
        .collect(Collectors.joining("&"));
  }

  /** One signature has one spelling: base64 with stray last bits is refused. */
  private static byte @Nullable [] decode(@Nullable String sign) {
    if (sign == null || sign.isEmpty() || sign.length() > MAX_SIGNATURE_CHARS) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(sign);
      byte[] spelt = Base64.getEncoder().encode(bytes);
      return Arrays.equals(spelt, sign.getBytes(StandardCharsets.UTF_8)) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Signature rsa2() {
    try {
      return Signature.getInstance("SHA256withRSA");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA256withRSA is missing from this Java", e);
    }
  }
}

package dev.sluice.channel;

import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** RSA keys for tests: made once in each run, known nowhere else. */
public final class TestRsa {
  private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

  private TestRsa() {}

  /** The pair of this owner. */
  public static KeyPair of(String owner) {
    return PAIRS.computeIfAbsent(owner, ignored -> make(2_048));
  }

  /** A new pair. */
  public static KeyPair make(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A key in bare base64. */
  public static String base64(Key key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  /** A key in PEM. */
  public static String pem(String label, Key key) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, lines, label);
  }
}

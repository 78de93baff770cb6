package dev.sluice.channel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads RSA keys and certificates as providers hand them out: PEM, or the bare base64 inside of it.
 * What it throws names what is wrong, never the text.
 */
public final class PemReader {
  private static final int LEAST_RSA_BITS = 2_048;
  private static final int MAX_FILE_BYTES = 256 * 1024;
  private static final Pattern ARMOUR = Pattern.compile("-----(BEGIN|END) [A-Z0-9 ]+-----");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

  private PemReader() {}

  /**
   * A setting's own text, or that of the file it names.
   *
   * @param property the setting's name, for messages
   * @throws IllegalArgumentException if neither or both are given, or the file can't be read
   */
  public static String textOrFile(@Nullable String text, @Nullable Path file, String property) {
    boolean hasText = text != null && !text.isBlank();
    if (hasText == (file != null)) {
      throw new IllegalArgumentException(
          "%s needs either %s or %s-file".formatted(parent(property), property, property));
    }
    if (file == null) {
      return String.valueOf(text);
    }
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IllegalArgumentException(property + "-file is longer than any key");
      }
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(property + "-file can't be read: " + file, e);
    }
  }

  /**
   * An RSA private key in PKCS#8.
   *
   * @throws IllegalArgumentException if it isn't one, or has fewer than 2048 bits
   */
  public static PrivateKey privateKey(String text, String what) {
    if (text.contains("BEGIN RSA PRIVATE KEY")) {
      throw new IllegalArgumentException(
          what + " is in PKCS#1; turn it into PKCS#8 with openssl pkcs8 -topk8 -nocrypt");
    }
    try {
      return strong(
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(decode(text))),
          what);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(what + " is not an RSA private key of 2048 bits or more");
    }
  }

  /**
   * An RSA public key, or that of a certificate.
   *
   * @throws IllegalArgumentException if it isn't one, or has fewer than 2048 bits
   */
  public static PublicKey publicKey(String text, String what) {
    if (text.contains("BEGIN CERTIFICATE")) {
      return publicKey(certificates(text, what).getFirst(), what);
    }
    try {
      return strong(
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(decode(text))), what);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(what + " is not an RSA public key of 2048 bits or more");
    }
  }

  /**
   * A certificate's key.
   *
   * @throws IllegalArgumentException if it isn't an RSA key of 2048 bits or more
   */
  public static PublicKey publicKey(X509Certificate certificate, String what) {
    return strong(certificate.getPublicKey(), what);
  }

  /**
   * All certificates of a PEM text, in their order. Those with keys that this Java can't read, such
   * as SM2, are left out.
   *
   * @throws IllegalArgumentException if none is left
   */
  public static List<X509Certificate> certificates(String text, String what) {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher matcher = CERTIFICATE.matcher(text);
    while (matcher.find()) {
      X509Certificate certificate = certificate(matcher.group());
      if (certificate != null) {
        certificates.add(certificate);
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(what + " holds no readable X.509 certificate in PEM");
    }
    return certificates;
  }

  private static @Nullable X509Certificate certificate(String pem) {
    try {
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
              instanceof X509Certificate certificate
          ? certificate
          : null;
    } catch (CertificateException e) {
      return null; // a root bundle may hold what we have no use for
    }
  }

  private static <K> K strong(K key, String what) {
    if (!(key instanceof RSAKey rsa) || rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      throw new IllegalArgumentException(what + " is not an RSA key of 2048 bits or more");
    }
    return key;
  }

  private static byte[] decode(String text) {
    return Base64.getDecoder().decode(ARMOUR.matcher(text).replaceAll("").replaceAll("\\s", ""));
  }

  private static String parent(String property) {
    return property.substring(0, Math.max(0, property.lastIndexOf('.')));
  }
}

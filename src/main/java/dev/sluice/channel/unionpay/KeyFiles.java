package dev.sluice.channel.unionpay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

/** Reads keys and certificates. What goes wrong is told by the file's name, never its content. */
final class KeyFiles {
  private KeyFiles() {}

  /** The one key in a PKCS #12 file, with its certificate. */
  static SigningKey signingKey(Path file, String password) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password.toCharArray());
      List<String> keys =
          Collections.list(store.aliases()).stream().filter(alias -> isKey(store, alias)).toList();
      if (keys.size() == 1
          && store.getKey(keys.getFirst(), password.toCharArray()) instanceof PrivateKey key
          && store.getCertificate(keys.getFirst()) instanceof X509Certificate certificate) {
        return new SigningKey(key, certificate);
      }
      throw new IllegalArgumentException(file + " must hold just one key with its certificate");
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          file + " can't be read as PKCS #12 with the given password", e);
    }
  }

  /** A certificate, PEM or DER. */
  static X509Certificate certificate(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(file + " can't be read as a certificate", e);
    }
  }

  private static boolean isKey(KeyStore store, String alias) {
    try {
      return store.isKeyEntry(alias);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** A key and who it belongs to. */
  record SigningKey(PrivateKey key, X509Certificate certificate) {

    @Override
    public String toString() {
      return "SigningKey[" + certificate.getSerialNumber() + "]";
    }
  }
}

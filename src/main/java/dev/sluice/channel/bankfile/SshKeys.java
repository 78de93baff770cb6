package dev.sluice.channel.bankfile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** Reads SSH keys. What goes wrong is told by the setting's or file's name, never its content. */
final class SshKeys {
  private SshKeys() {}

  /**
   * A server's public key, {@code ecdsa-sha2-nistp256 AAAA...} or {@code ssh-rsa AAAA...}. Ed25519
   * would need a provider of its own, which isn't carried.
   */
  static PublicKey hostKey(String text) {
    try {
      PublicKey key =
          PublicKeyEntry.parsePublicKeyEntry(text.strip())
              .resolvePublicKey(null, null, PublicKeyEntryResolver.IGNORING);
      if (key instanceof RSAPublicKey || key instanceof ECPublicKey) {
        return key;
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "sluice.channels.bankfile.host-key is no public key as in a known_hosts file", e);
    }
    throw new IllegalArgumentException(
        "sluice.channels.bankfile.host-key must be an RSA or ECDSA key");
  }

  /** The one key pair in a file. */
  static KeyPair keyPair(Path file, @Nullable String passphrase) {
    List<KeyPair> pairs = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      FilePasswordProvider password =
          passphrase == null ? FilePasswordProvider.EMPTY : FilePasswordProvider.of(passphrase);
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(file.toString()), in, password);
      if (found != null) {
        found.forEach(pairs::add);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(file + " can't be read as a private key", e);
    }
    if (pairs.size() != 1) {
      throw new IllegalArgumentException(file + " must hold just one private key");
    }
    return pairs.getFirst();
  }
}

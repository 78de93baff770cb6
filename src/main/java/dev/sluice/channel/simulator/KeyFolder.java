package dev.sluice.channel.simulator;

import dev.sluice.channel.PemReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;

/** Keys in a folder, made when they are first asked for; secret files are for their owner only. */
final class KeyFolder {
  private static final int RSA_BITS = 2_048;
  private static final int SECRET_BYTES = 16;

  private final Path folder;

  KeyFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of keys can't be made: " + folder, e);
    }
  }

  /** The pair in {@code <owner>-private.pem} and {@code <owner>-public.pem}. */
  KeyPair pair(String owner) {
    Path secret = folder.resolve(owner + "-private.pem");
    Path open = folder.resolve(owner + "-public.pem");
    if (!Files.exists(secret)) {
      KeyPair made = make();
      write(open, pem("PUBLIC KEY", made.getPublic()), false);
      write(secret, pem("PRIVATE KEY", made.getPrivate()), true);
    }
    return new KeyPair(
        PemReader.publicKey(read(open), open.toString()),
        PemReader.privateKey(read(secret), secret.toString()));
  }

  /** The certificate in {@code <owner>.pem}, which must be there. */
  X509Certificate certificate(String owner) {
    Path file = folder.resolve(owner + ".pem");
    return PemReader.certificates(read(file), file.toString()).getFirst();
  }

  /** The private key in {@code <owner>-private.pem}, which must be there. */
  PrivateKey key(String owner) {
    Path file = folder.resolve(owner + "-private.pem");
    return PemReader.privateKey(read(file), file.toString());
  }

  /** Writes what anybody may read. */
  void publish(String name, String text) {
    write(folder.resolve(name), text, false);
  }

  /** The 32 characters in {@code <name>.txt}. */
  String secret(String name) {
    Path file = folder.resolve(name + ".txt");
    if (!Files.exists(file)) {
      byte[] drawn = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(drawn);
      write(file, HexFormat.of().formatHex(drawn), true);
    }
    return read(file).strip();
  }

  private static KeyPair make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(RSA_BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("RSA is missing from this Java", e);
    }
  }

  private static String pem(String label, Key key) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, lines, label);
  }

  private void write(Path file, String text, boolean secret) {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        secret && posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.deleteIfExists(file);
      Files.createFile(file, attributes);
      Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("a key can't be written: " + file, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("a key can't be read: " + file, e);
    }
  }
}

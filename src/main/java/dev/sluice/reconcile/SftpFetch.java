package dev.sluice.reconcile;

import dev.sluice.channel.BillDownload.Bill;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** Fetches one file over SFTP from a server with a pinned key; reads nothing of the user's own. */
final class SftpFetch {
  private static final int USUAL_PORT = 22;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);

  private SftpFetch() {}

  static Bill fetch(FetchSettings settings, URI address, String name, Path into, long maxBytes)
      throws IOException {
    PublicKey expected = hostKey(String.valueOf(settings.hostKey()));
    try (SshClient client = SshClient.setUpDefaultClient()) {
      client.setServerKeyVerifier((session, peer, key) -> KeyUtils.compareKeys(key, expected));
      client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
      client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
      client.setPasswordIdentityProvider(PasswordIdentityProvider.EMPTY_PASSWORDS_PROVIDER);
      client.setSignatureFactories(
          client.getSignatureFactories().stream()
              .filter(
                  kind ->
                      KeyUtils.getAllEquivalentKeyTypes(KeyUtils.getKeyType(expected))
                          .contains(kind.getName()))
              .toList());
      client.start();
      return within(settings, client, address, name, into, maxBytes);
    } catch (SftpException e) {
      return new Bill.NotNow(
          e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
              ? "NO_SUCH_FILE"
              : "SFTP_" + e.getStatus());
    } catch (GeneralSecurityException e) {
      throw new IOException("the key file can't be read", e);
    }
  }

  private static Bill within(
      FetchSettings settings, SshClient client, URI address, String name, Path into, long maxBytes)
      throws IOException, GeneralSecurityException {
    int port = address.getPort() < 0 ? USUAL_PORT : address.getPort();
    CountDownLatch done = new CountDownLatch(1);
    try (ClientSession session =
        client
            .connect(String.valueOf(address.getUserInfo()), address.getHost(), port)
            .verify(LONGEST_CONNECT)
            .getSession()) {
      Thread.ofVirtual().name("sftp-deadline").start(() -> hangUpUnless(done, settings, session));
      if (settings.password() != null) {
        session.addPasswordIdentity(settings.password());
      }
      for (KeyPair key : keys(settings)) {
        session.addPublicKeyIdentity(key);
      }
      session.auth().verify(LONGEST_CONNECT);
      try (SftpClient sftp = SftpClientFactory.instance().createSftpClient(session);
          InputStream in = sftp.read(address.getPath());
          OutputStream out = Files.newOutputStream(into)) {
        byte[] piece = new byte[1 << 15];
        long count = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
          count += read;
          if (count > maxBytes) {
            return new Bill.NotNow("FILE_TOO_LONG");
          }
          out.write(piece, 0, read);
        }
      }
      return new Bill.Fetched(name);
    } finally {
      done.countDown();
    }
  }

  private static void hangUpUnless(
      CountDownLatch done, FetchSettings settings, ClientSession session) {
    try {
      if (!done.await(settings.within().toMillis(), TimeUnit.MILLISECONDS)) {
        var _ = session.close(true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static PublicKey hostKey(String text) throws IOException {
    try {
      return PublicKeyEntry.parsePublicKeyEntry(text.strip())
          .resolvePublicKey(null, null, PublicKeyEntryResolver.FAILING);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the host key is no public key as in a known_hosts file", e);
    }
  }

  private static Iterable<KeyPair> keys(FetchSettings settings)
      throws IOException, GeneralSecurityException {
    if (settings.keyFile() == null) {
      return List.of();
    }
    FilePasswordProvider opens =
        settings.keyPassphrase() == null
            ? FilePasswordProvider.EMPTY
            : FilePasswordProvider.of(settings.keyPassphrase());
    try (InputStream in = Files.newInputStream(settings.keyFile())) {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(settings.keyFile().toString()), in, opens);
      return found == null ? List.of() : found;
    }
  }
}

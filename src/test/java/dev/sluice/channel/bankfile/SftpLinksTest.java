package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SftpLinksTest {

  @Test
  void knowsAServerBySeveralKeysByEachOfThem(@TempDir Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    KeyPair rsa = generator.generateKeyPair();
    KeyPair ec = BankFileTestSettings.key();
    try (SshServer server = server(folder, rsa, ec)) {
      for (PublicKey pinned : List.of(rsa.getPublic(), ec.getPublic())) {
        try (SftpLinks links = links(server.getPort(), Duration.ofSeconds(10), pinned)) {
          assertThat(links.call(link -> link.exists("nothing")))
              .isEqualTo(new SftpLinks.Done<>(false));
        }
      }
    }
  }

  @Test
  void givesUpOnAServerThatSaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        SftpLinks links =
            links(
                silent.getLocalPort(),
                Duration.ofMillis(500),
                BankFileTestSettings.HOST_KEY.getPublic())) {
      long start = System.nanoTime();

      assertThat(links.call(link -> link.exists("x")))
          .isEqualTo(new SftpLinks.Failed<>(new Unknown(Why.NO_CONNECTION, "CONNECT_FAILED")));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void waitsForAFreeConnectionOnlyAsLongAsTheCallLasts(@TempDir Path folder) throws Exception {
    KeyPair key = BankFileTestSettings.key();
    CountDownLatch inUse = new CountDownLatch(4);
    CountDownLatch over = new CountDownLatch(1);
    try (SshServer server = server(folder, key);
        SftpLinks links = links(server.getPort(), Duration.ofSeconds(10), key.getPublic())) {
      for (int i = 0; i < 4; i++) {
        Thread.startVirtualThread(
            () ->
                links.call(
                    link -> {
                      inUse.countDown();
                      return await(over);
                    }));
      }
      assertThat(inUse.await(10, TimeUnit.SECONDS)).isTrue();

      assertThat(links.call(link -> true, Duration.ofMillis(50)))
          .isEqualTo(new SftpLinks.Failed<>(new Unknown(Why.NO_CONNECTION, "ALL_BUSY")));
      over.countDown();
      assertThat(links.call(link -> true)).isEqualTo(new SftpLinks.Done<>(true));
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static SftpLinks links(int port, Duration timeout, PublicKey pinned) {
    return new SftpLinks(BankFileTestSettings.of(port, timeout, pinned, "open sesame", "sent"));
  }

  private static SshServer server(Path folder, KeyPair... keys) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(keys));
    server.setFileSystemFactory(new VirtualFileSystemFactory(folder));
    server.setPasswordAuthenticator((user, password, session) -> true);
    server.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
    server.start();
    return server;
  }
}

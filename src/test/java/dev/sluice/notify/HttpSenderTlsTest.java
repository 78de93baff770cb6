package dev.sluice.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.notify.Sender.Answer.NotAnswered;
import dev.sluice.vault.Vault;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSenderTlsTest {
  @Test
  void sendsNothingToAnEndpointWhoseCertificateNobodyTrusts(@TempDir Path directory)
      throws Exception {
    Vault vault = new Vault(Vault.newKeyset(), new byte[32]);
    WebhookSettings settings = Shop.settings(Duration.ofSeconds(5));
    TargetGuard guard =
        new TargetGuard(settings.allowedRanges(), SystemDefaultDnsResolver.INSTANCE);
    AtomicInteger calls = new AtomicInteger();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(directory)));
    server.createContext("/", _ -> calls.incrementAndGet());
    server.start();
    try (HttpSender sender = new HttpSender(vault, Clock.systemUTC(), settings, guard)) {
      String url = "https://127.0.0.1:" + server.getAddress().getPort() + "/";

      assertThat(sender.send(url, vault.seal(new byte[32], "webhook"), UUID.randomUUID(), "{}"))
          .isEqualTo(
              new NotAnswered("TLS failed: the certificate is not trusted, or no common version"));
    } finally {
      server.stop(0);
    }
    assertThat(calls).hasValue(0);
  }

  private static SSLContext selfSigned(Path directory) throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "shop",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}

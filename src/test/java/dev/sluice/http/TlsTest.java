package dev.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.junit.jupiter.api.Test;

class TlsTest {

  @Test
  void whoIsThereForHttpsReadsTheCertificatesAtOnce() {
    assertThat(Tls.strategy(true)).isInstanceOf(DefaultClientTlsStrategy.class);
    assertThat(Tls.strategy(false)).isNotInstanceOf(DefaultClientTlsStrategy.class);
  }

  @Test
  void othersDoWithTheFirstConnectionThatNeedsThem() throws IOException {
    List<String> done = new ArrayList<>();
    TlsSocketStrategy strategy =
        Tls.whenNeeded(
            () -> {
              done.add("read");
              return (socket, target, port, attachment, context) -> {
                done.add(target + ":" + port);
                return null;
              };
            });
    assertThat(done).isEmpty();
    try (Socket socket = new Socket()) {
      strategy.upgrade(socket, "bank.example", 443, null, null);
      strategy.upgrade(socket, "shop.example", 8443, null, null);
    }
    assertThat(done).containsExactly("read", "bank.example:443", "shop.example:8443");
  }
}

package dev.sluice.channel.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderOptionsTest {
  @Test
  void makesKeysOnceAndKeepsThemForTheirOwner(@TempDir Path folder) throws Exception {
    Map<String, String> options = new HashMap<>();
    options.put("--alipay", folder.resolve("alipay").toString());
    options.put("--wechat", folder.resolve("wechat").toString());
    options.put("--wechat-callback-url", "http://127.0.0.1:8080/v1/callbacks/wechat");
    options.put("--port", "0");
    Map<String, String> again = new HashMap<>(options);

    List<ProviderSimulation> first = ProviderOptions.take(options);

    assertThat(options).containsOnlyKeys("--port");
    assertThat(first).hasSize(2).isEqualTo(ProviderOptions.take(again));
    assertThat(first.get(0).callbackUrl()).isNull();
    assertThat(first.get(1).callbackUrl()).hasPath("/v1/callbacks/wechat");
    for (String secret :
        List.of("alipay/app-private.pem", "wechat/platform-private.pem", "wechat/apiv3-key.txt")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(secret))))
          .isEqualTo("rw-------");
    }
    assertThat(first.toString()).doesNotContain("RSA");
  }

  @Test
  void posesAsNobodyUnlessTold() {
    assertThat(ProviderOptions.take(new HashMap<>())).isEmpty();
  }
}

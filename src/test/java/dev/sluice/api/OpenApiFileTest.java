package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.support.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The OpenAPI document is what the code says. With {@code -Dsluice.openapi.write=true} the file is
 * written anew instead.
 */
class OpenApiFileTest extends ApiTest {
  private static final Path FILE =
      Path.of("src/main/resources/dev/sluice/api", OpenApiController.FILE);

  private static final ConfigurableApplicationContext SERVICE =
      start(TestDatabase.create().url(), OpenApiGenerator.settings());

  OpenApiFileTest() {
    super(SERVICE);
  }

  @AfterAll
  static void stop() {
    SERVICE.close();
  }

  @Test
  void theDocumentHoldsEveryCallAsTheCodeHasIt() throws IOException {
    Reply reply = get(OpenApiGenerator.PATH).as("maker", "ops").send();
    assertThat(reply.status()).isEqualTo(200);
    String made = reply.http().body() + "\n";
    if (Boolean.getBoolean("sluice.openapi.write")) {
      Files.writeString(FILE, made, StandardCharsets.UTF_8);
    }
    assertThat(FILE)
        .as("mvn test -Dtest=OpenApiFileTest -Dsluice.openapi.write=true writes it anew")
        .content(StandardCharsets.UTF_8)
        .isEqualTo(made);
  }
}

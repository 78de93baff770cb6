package dev.sluice.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/**
 * Publishes the API as OpenAPI: a file that is made of the code when it changes, not at each start.
 * It is read when somebody asks for it first.
 */
@RestController
class OpenApiController {
  /** The document as it lies in the jar. */
  static final String FILE = "openapi.json";

  private static final String YAML = "application/vnd.oai.openapi";

  private final SingletonSupplier<Document> json =
      SingletonSupplier.of(() -> new Document(MediaType.APPLICATION_JSON, read()));

  private final SingletonSupplier<Document> yaml =
      SingletonSupplier.of(() -> new Document(MediaType.parseMediaType(YAML), yaml(read())));

  /** As JSON. */
  @Contract(scopes = {})
  @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> json() {
    return json.obtain().answer();
  }

  /** The same as YAML. */
  @Contract(scopes = {})
  @GetMapping(path = "/v3/api-docs.yaml", produces = YAML)
  ResponseEntity<byte[]> yaml() {
    return yaml.obtain().answer();
  }

  private static byte[] read() {
    try {
      return new ClassPathResource(FILE, OpenApiController.class).getContentAsByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] yaml(byte[] json) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    return new Yaml(options)
        .dump(new JsonMapper().readValue(json, Map.class))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Whoever has it asks whether it is still the same. */
  private record Document(MediaType type, byte[] bytes, String tag) {
    Document(MediaType type, byte[] bytes) {
      this(type, bytes, "\"" + DigestUtils.md5DigestAsHex(bytes) + "\"");
    }

    ResponseEntity<byte[]> answer() {
      return ResponseEntity.ok()
          .contentType(type)
          .cacheControl(CacheControl.noCache())
          .eTag(tag)
          .body(bytes);
    }
  }
}

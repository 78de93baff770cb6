package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published document says what the service does. */
class OpenApiTest extends ApiTest {

  private JsonNode document() {
    Reply reply = get("/v3/api-docs").send();
    assertThat(reply.status()).isEqualTo(200);
    return reply.json();
  }

  private static Map<RequestMappingInfo, HandlerMethod> calls() {
    return bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods();
  }

  @Test
  void listsEveryCallWithItsErrorsAndScopes() {
    JsonNode document = document();
    List<String> seen = new ArrayList<>();
    calls()
        .forEach(
            (mapping, handler) -> {
              for (String path : mapping.getPatternValues()) {
                if (path.startsWith("/v1/")) {
                  mapping
                      .getMethodsCondition()
                      .getMethods()
                      .forEach(method -> seen.add(check(document, method.name(), path, handler)));
                }
              }
            });
    assertThat(seen).hasSizeGreaterThanOrEqualTo(16);
    assertThat(document.path("paths").propertyNames()).allMatch(path -> path.startsWith("/v1/"));
  }

  private static String check(
      JsonNode document, String method, String path, HandlerMethod handler) {
    Contract contract = handler.getMethod().getAnnotation(Contract.class);
    assertThat(contract).as(path).isNotNull();
    JsonNode operation = document.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
    assertThat(operation.isObject()).as(method + " " + path).isTrue();
    assertThat(operation.path("summary").asString()).as(path).isNotBlank();
    TreeSet<String> codes = new TreeSet<>();
    for (JsonNode response : operation.path("responses").values()) {
      JsonNode problem = response.path("content").path("application/problem+json");
      if (problem.isObject()) {
        assertThat(problem.path("schema").path("$ref").asString())
            .isEqualTo("#/components/schemas/Problem");
        codes.addAll(problem.path("examples").propertyNames());
      }
    }
    assertThat(codes).as(path).contains("INVALID_REQUEST", "OVERLOADED", "INTERNAL");
    for (ProblemCode code : contract.refuses()) {
      assertThat(codes).as(path).contains(code.name());
      assertThat(operation.path("responses").has(Integer.toString(code.status().value()))).isTrue();
    }
    List<String> scopes =
        operation.path("security").values().stream()
            .map(s -> s.path("bearer").get(0).asString())
            .toList();
    assertThat(scopes)
        .as(path)
        .containsExactlyInAnyOrder(
            java.util.Arrays.stream(contract.scopes()).map(Scope::claim).toArray(String[]::new));
    if (contract.scopes().length > 0) {
      assertThat(codes).as(path).contains("UNAUTHENTICATED", "FORBIDDEN");
    }
    return method + " " + path;
  }

  /** Each field that the document names is read by the call, and none besides. */
  @Test
  void describesTheBodiesThatAreRead() {
    JsonNode document = document();
    int bodies = 0;
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      JsonNode schema =
          path.getValue().at("/post/requestBody/content/application~1json/schema/$ref");
      if (schema.isMissingNode() || path.getKey().contains("credits")) {
        continue;
      }
      bodies++;
      JsonNode properties = document.at(schema.asString().substring(1)).path("properties");
      String body =
          properties.propertyNames().stream()
              .map(name -> "\"" + name + "\":{}")
              .collect(Collectors.joining(",", "{", "}"));
      Reply reply =
          post(path.getKey().replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057"))
              .as("U1", "withdrawals withdrawals:batch ledger ops ops:approve")
              .key("docs")
              .body(body)
              .send()
              .isProblem(ProblemCode.INVALID_REQUEST);
      assertThat(reply.http().body()).doesNotContain("is not a field of this request");
      assertThat(reply.json().path("fields").size()).as(reply.http().body()).isPositive();
    }
    assertThat(bodies).isEqualTo(12);
  }

  @Test
  void hasTheReadmesExampleAndTheKeysHeader() {
    JsonNode withdraw = document().at("/paths/~1v1~1withdrawals/post");
    assertThat(withdraw.at("/requestBody/content/application~1json/examples").toString())
        .contains("622208******1234");
    assertThat(withdraw.path("parameters").toString()).contains("Idempotency-Key", "header");
    assertThat(withdraw.path("responses").propertyNames())
        .contains("200", "201", "400", "401", "403", "413", "415", "422", "429", "500", "503");
    assertThat(withdraw.path("parameters").size()).isEqualTo(1);
  }

  @Test
  void showsSwaggerUi() {
    Reply page = get("/swagger-ui/index.html").send();
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.http().body()).contains("swagger-ui");
    Reply redirect = get("/swagger-ui.html").send();
    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("Location")).isEqualTo("/swagger-ui/index.html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index.html",
        "index.css",
        "favicon-32x32.png",
        "swagger-initializer.js",
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js"
      })
  void servesWhatSwaggerUisPageAsksForAndNotTwice(String name) {
    Reply file = get("/swagger-ui/" + name).send();
    assertThat(file.status()).isEqualTo(200);
    assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(file.header("Cache-Control")).isEqualTo("no-cache");
    Reply again =
        get("/swagger-ui/" + name).header("If-Modified-Since", file.header("Last-Modified")).send();
    assertThat(again.status()).isEqualTo(304);
  }

  @Test
  void letsSwaggerUiShowThisDocument() {
    assertThat(get("/swagger-ui/swagger-initializer.js").send().http().body())
        .contains("url: \"/v3/api-docs\"")
        .doesNotContain("petstore");
    get("/swagger-ui/nothing.js").send().isProblem(ProblemCode.NOT_FOUND);
  }

  @Test
  void isSentOnceToWhoAsksWhetherItHasChanged() {
    for (String path : List.of("/v3/api-docs", "/v3/api-docs.yaml")) {
      Reply first = get(path).send();
      assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
      assertThat(first.header("ETag")).matches("\"[0-9a-f]{32}\"");
      Reply again = get(path).header("If-None-Match", first.header("ETag")).send();
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.http().body()).isEmpty();
    }
  }

  @Test
  void isTheSameAsYaml() {
    Reply yaml = get("/v3/api-docs.yaml").send();
    assertThat(yaml.status()).isEqualTo(200);
    assertThat(yaml.header("Content-Type")).isEqualTo("application/vnd.oai.openapi");
    assertThat(yaml.http().body()).startsWith("openapi: 3.1.0\n");
    JsonNode read = new JsonMapper().valueToTree(new Yaml().load(yaml.http().body()));
    assertThat(read).isEqualTo(document());
  }
}

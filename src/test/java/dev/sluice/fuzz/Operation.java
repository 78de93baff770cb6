package dev.sluice.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call as the OpenAPI document has it.
 *
 * @param parameters of path, query and header
 * @param contentType of its body; empty if it takes none
 * @param schema of its body
 * @param statuses that it is documented to answer
 * @param scopes of which a token needs one; none if it takes no token
 */
record Operation(
    String method,
    String path,
    List<Parameter> parameters,
    String contentType,
    @Nullable JsonNode schema,
    Set<String> statuses,
    Set<String> scopes) {

  /** A parameter; where is path, query or header. */
  record Parameter(String name, String where, boolean required, JsonNode schema, String example) {}

  String name() {
    return method + " " + path;
  }

  /** All calls of a document. */
  static List<Operation> of(JsonNode document) {
    List<Operation> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (method.getValue().has("responses")) {
          all.addAll(
              of(document, path.getKey(), method.getKey(), path.getValue(), method.getValue()));
        }
      }
    }
    return all;
  }

  /** A call, once for each media type that its body may have. */
  private static List<Operation> of(
      JsonNode document, String path, String method, JsonNode shared, JsonNode node) {
    List<Parameter> parameters = new ArrayList<>();
    for (JsonNode list : List.of(shared.path("parameters"), node.path("parameters"))) {
      for (JsonNode raw : list.values()) {
        JsonNode parameter = resolved(document, raw);
        parameters.add(
            new Parameter(
                parameter.path("name").asString(),
                parameter.path("in").asString(),
                parameter.path("required").asBoolean(false),
                resolved(document, parameter.path("schema")),
                parameter.path("example").asString("")));
      }
    }
    Set<String> scopes = new TreeSet<>();
    node.path("security")
        .values()
        .forEach(s -> s.path("bearer").values().forEach(scope -> scopes.add(scope.asString())));
    Operation bare =
        new Operation(
            method.toUpperCase(Locale.ROOT),
            path,
            parameters,
            "",
            null,
            new TreeSet<>(node.path("responses").propertyNames()),
            scopes);
    List<Operation> all = new ArrayList<>();
    node.path("requestBody")
        .path("content")
        .properties()
        .forEach(content -> all.add(bare.with(content.getKey(), content.getValue())));
    return all.isEmpty() ? List.of(bare) : all;
  }

  private Operation with(String type, JsonNode content) {
    return new Operation(method, path, parameters, type, content.path("schema"), statuses, scopes);
  }

  static JsonNode resolved(JsonNode document, JsonNode schema) {
    JsonNode at = schema;
    while (at.has("$ref")) {
      at = document.at(at.path("$ref").asString().substring(1));
    }
    return at;
  }
}

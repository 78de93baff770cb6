package dev.sluice.fuzz;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes requests: first one that is right, as the document has it, then spoiled in some ways. */
final class Maker {
  private static final int MOST_DEPTH = 6;

  private final JsonNode document;
  private final List<Operation> operations;
  private final Pool pool;

  Maker(JsonNode document, Pool pool) {
    this.document = document;
    this.operations = Operation.of(document);
    this.pool = pool;
  }

  List<Operation> operations() {
    return operations;
  }

  /** The next request, by dice alone and what is in the pool by then. */
  Shot next(Random dice) {
    Operation operation = Naughty.pick(operations, dice);
    Shot shot = right(operation, caller(operation, dice), dice);
    int spoils = dice.nextInt(10) < 2 ? 0 : 1 + dice.nextInt(2);
    for (int i = 0; i < spoils; i++) {
      shot = Spoiler.spoil(shot, operation, pool, dice);
    }
    return shot;
  }

  private static String caller(Operation operation, Random dice) {
    int who = dice.nextInt(20);
    if (who == 0 || operation.scopes().isEmpty()) {
      return "";
    }
    if (who < 4) {
      return Naughty.pick(Pool.CALLERS, dice);
    }
    return switch (Naughty.pick(List.copyOf(operation.scopes()), dice)) {
      case "withdrawals" -> dice.nextInt(3) == 0 ? "B" : "A";
      case "withdrawals:batch" -> "BATCH";
      case "ledger" -> "LEDGER";
      case "ops" -> "OPERATOR";
      case "ops:approve" -> "APPROVER";
      default -> "ALL";
    };
  }

  /** A request that is right as far as the document tells. */
  Shot right(Operation operation, String caller, Random dice) {
    String target = operation.path();
    List<String> query = new ArrayList<>();
    List<Shot.Header> headers = new ArrayList<>();
    for (Operation.Parameter parameter : operation.parameters()) {
      String value = parameterValue(operation, parameter, caller, dice);
      switch (parameter.where()) {
        case "path" -> target = target.replace("{" + parameter.name() + "}", encoded(value));
        case "query" -> {
          if (parameter.required() || dice.nextBoolean()) {
            query.add(parameter.name() + "=" + encoded(value));
          }
        }
        case "header" -> headers.add(new Shot.Header(parameter.name(), value));
        default -> {}
      }
    }
    if (!query.isEmpty()) {
      target += "?" + String.join("&", query);
    }
    byte[] body = new byte[0];
    JsonNode schema = operation.schema();
    if (schema != null) {
      if (operation.contentType().equals("application/octet-stream")) {
        body = Files.bytes(dice);
      } else if (operation.contentType().equals("application/x-ndjson")) {
        StringBuilder lines = new StringBuilder();
        for (int i = dice.nextInt(4); i >= 0; i--) {
          lines.append(value("", schema, caller, dice, 0)).append('\n');
        }
        body = lines.toString().getBytes(Json.UTF_8);
      } else {
        JsonNode value = value("", schema, caller, dice, 0);
        body = (value.isString() ? value.asString() : value.toString()).getBytes(Json.UTF_8);
      }
      headers.add(
          new Shot.Header(
              "Content-Type",
              operation.contentType().contains("*")
                  ? "application/json"
                  : operation.contentType()));
    }
    return new Shot(
        operation.name(),
        caller,
        operation.method(),
        target,
        "HTTP/1.1",
        headers,
        body,
        true,
        true);
  }

  private String parameterValue(
      Operation operation, Operation.Parameter parameter, String caller, Random dice) {
    String known = pool.value(operation.path(), parameter.name(), caller, dice);
    if (known != null) {
      return known;
    }
    if (!parameter.example().isEmpty()) {
      return parameter.example();
    }
    JsonNode value = value(parameter.name(), parameter.schema(), caller, dice, 0);
    return value.isString() ? value.asString() : value.toString();
  }

  private JsonNode value(String name, JsonNode raw, String caller, Random dice, int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    JsonNode schema = Operation.resolved(document, raw);
    String known = pool.value("", name, caller, dice);
    if (known != null) {
      return nodes.stringNode(known);
    }
    if (schema.path("enum").isArray()) {
      return schema.path("enum").get(dice.nextInt(schema.path("enum").size()));
    }
    for (String some : List.of("oneOf", "anyOf")) {
      if (schema.path(some).isArray() && !schema.has("example")) {
        return value(name, schema.path(some).get(0), caller, dice, depth + 1);
      }
    }
    if (schema.path("properties").isObject() && depth < MOST_DEPTH) {
      return object(schema, caller, dice, depth);
    }
    if (schema.path("items").isObject() && depth < MOST_DEPTH) {
      ArrayNode array = nodes.arrayNode();
      for (int i = dice.nextInt(4); i >= 0; i--) {
        array.add(value(name, schema.path("items"), caller, dice, depth + 1));
      }
      return array;
    }
    if (schema.has("example")) {
      return schema.path("example");
    }
    return switch (schema.path("type").asString("string")) {
      case "integer" -> nodes.numberNode(1 + dice.nextInt(50));
      case "number" -> nodes.numberNode(1 + dice.nextInt(50));
      case "boolean" -> nodes.booleanNode(dice.nextBoolean());
      default -> nodes.stringNode("text");
    };
  }

  private ObjectNode object(JsonNode schema, String caller, Random dice, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    List<String> required =
        schema.path("required").values().stream().map(JsonNode::asString).toList();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (required.contains(property.getKey()) || dice.nextInt(3) == 0) {
        object.set(
            property.getKey(),
            value(property.getKey(), property.getValue(), caller, dice, depth + 1));
      }
    }
    // Of two ways to name where the money goes, one.
    String other = object.has("bankAccount") ? "beneficiaryId" : "bankAccount";
    if (required.contains("holderName")) {
      other = object.has("bankAccount") ? "iban" : "bankAccount";
    }
    if (object.has("bankAccount")) {
      object.remove(other);
    } else if (!object.has("iban")
        && !object.has("beneficiaryId")
        && schema.path("properties").has("bankAccount")) {
      object.put("bankAccount", pool.account(caller, required.contains("holderName"), dice));
    }
    return object;
  }

  static String encoded(@Nullable String value) {
    return URLEncoder.encode(String.valueOf(value), Json.UTF_8).replace("+", "%20");
  }
}

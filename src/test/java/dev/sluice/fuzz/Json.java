package dev.sluice.fuzz;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON texts, and how to spoil them. */
final class Json {
  static final Charset UTF_8 = StandardCharsets.UTF_8;
  static final JsonMapper MAPPER = new JsonMapper();

  private static final String HERE = "fuzz-puts-it-here";

  private Json() {}

  static String quoted(String text) {
    return MAPPER.writeValueAsString(text);
  }

  /** Reads it, or null if it is none. */
  static @Nullable JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The same with one value, wherever in it, replaced, left out or added. */
  static String spoiled(JsonNode right, Random dice) {
    JsonNode copy = right.deepCopy();
    List<JsonNode> containers = new ArrayList<>();
    collect(copy, containers);
    if (containers.isEmpty()) {
      return Naughty.value(dice);
    }
    String value = Naughty.value(dice);
    switch (Naughty.pick(containers, dice)) {
      case ObjectNode object -> {
        List<String> names = new ArrayList<>(object.propertyNames());
        int what = dice.nextInt(10);
        if (what == 0 || names.isEmpty()) {
          object.put(dice.nextBoolean() ? "status" : Naughty.string(dice), HERE);
        } else if (what == 1) {
          object.remove(Naughty.pick(names, dice));
        } else {
          object.put(Naughty.pick(names, dice), HERE);
        }
      }
      case ArrayNode array -> {
        int many = dice.nextInt(5) == 0 ? 300 : 1;
        for (int i = 0; i < many; i++) {
          array.add(HERE);
        }
      }
      default -> {}
    }
    return copy.toString().replace("\"" + HERE + "\"", value);
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainer()) {
      containers.add(node);
      node.values().forEach(child -> collect(child, containers));
    }
  }
}

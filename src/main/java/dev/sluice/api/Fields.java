package dev.sluice.api;

import dev.sluice.api.Problem.BadField;
import dev.sluice.money.Money;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a request's body. Each is asked for by name and checked; {@link #done} then refuses
 * the request if any was wrong, naming them all, or if there are fields that nobody asked for.
 *
 * <p>By hand and not by data binding: all bad fields are found at once, nothing is coerced, and the
 * hot path stays free of reflection.
 */
final class Fields {
  /** What is said of a field that isn't known must not echo a card number sent as its name. */
  private static final Pattern HARMLESS_NAME = Pattern.compile("[A-Za-z_][A-Za-z_]{0,39}");

  private static final int MOST_ELEMENTS = 64;
  private static final int MOST_REPORTED = 32;

  private final ObjectNode node;
  private final Set<String> known = new HashSet<>();
  private final List<BadField> bad = new ArrayList<>();

  Fields(ObjectNode node) {
    this.node = node;
  }

  /** Whether the field is there at all. */
  boolean has(String name) {
    known.add(name);
    return node.has(name);
  }

  /** A text that must be there; null if it is wrong, which {@link #done} reports. */
  <T> @Nullable T required(String name, Rules.Rule<T> rule) {
    if (!has(name)) {
      refuse(name, "is missing");
      return null;
    }
    return optional(name, rule);
  }

  /** A text that may be left out; null, too, if it is wrong, which {@link #done} reports. */
  <T> @Nullable T optional(String name, Rules.Rule<T> rule) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      refuse(name, "must be a string");
      return null;
    }
    return checked(name, value.stringValue(), rule);
  }

  /** Texts that may be left out: then there are none. */
  List<String> texts(String name, Rules.Rule<String> rule) {
    JsonNode value = value(name);
    List<String> texts = new ArrayList<>();
    if (value == null) {
      return texts;
    }
    if (!value.isArray() || value.size() > MOST_ELEMENTS) {
      refuse(name, "must be an array of at most %d strings".formatted(MOST_ELEMENTS));
      return texts;
    }
    for (JsonNode element : value.values()) {
      String text = element.isString() ? checked(name, element.stringValue(), rule) : null;
      if (text == null) {
        refuse(name, "must hold strings only");
        return texts;
      }
      texts.add(text);
    }
    return texts;
  }

  /**
   * An amount, as a JSON number or a string, exactly.
   *
   * @param currency null if it is wrong itself; then only the rest is checked
   */
  @Nullable Money amount(String name, @Nullable Currency currency) {
    if (!has(name)) {
      refuse(name, "is missing");
      return null;
    }
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() && !value.isString()) {
      refuse(name, "must be a number, or a string such as \"500.00\"");
      return null;
    }
    try {
      return Rules.amount(
          value.isNumber() ? value.decimalValue() : Rules.decimal(value.stringValue()), currency);
    } catch (IllegalArgumentException e) {
      refuse(name, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Says that a field is wrong. */
  void refuse(String name, String message) {
    bad.add(new BadField(name, message));
  }

  /**
   * All fields are asked for.
   *
   * @throws ApiException INVALID_REQUEST with each bad field, if there are any
   */
  void done() {
    int unknown = node.size() - (int) known.stream().filter(node::has).count();
    if (unknown > 0) {
      node.propertyNames().stream()
          .filter(name -> !known.contains(name))
          .limit(MOST_REPORTED)
          .forEach(
              name ->
                  refuse(
                      HARMLESS_NAME.matcher(name).matches() ? name : "(another)",
                      "is not a field of this request"));
    }
    if (!bad.isEmpty()) {
      throw ApiException.badFields(bad);
    }
  }

  private <T> @Nullable T checked(String name, String text, Rules.Rule<T> rule) {
    try {
      return rule.read(text);
    } catch (IllegalArgumentException e) {
      refuse(name, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private @Nullable JsonNode value(String name) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      refuse(name, "must not be null; leave it out if there is none");
      return null;
    }
    return value;
  }
}

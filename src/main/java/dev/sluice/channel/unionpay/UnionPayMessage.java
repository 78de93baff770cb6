package dev.sluice.channel.unionpay;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a message, sorted by name as they are signed. Requests and notifications are
 * URL-encoded forms; replies are {@code name=value&name=value} as they stand. Empty values count as
 * absent, as in the provider's own library.
 */
final class UnionPayMessage {
  private static final int MAX_FIELDS = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,40}");
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._*+=&%-]*");
  private static final Pattern LOWER_ESCAPE = Pattern.compile("%[a-f]|%[0-9A-F][a-f]");
  private static final Pattern UPPER_ESCAPE = Pattern.compile("%[A-F]|%[0-9a-f][A-F]");

  private final SortedMap<String, String> fields;

  private UnionPayMessage(SortedMap<String, String> fields) {
    this.fields = Collections.unmodifiableSortedMap(fields);
  }

  /** A message of these fields; empty ones are left out. */
  static UnionPayMessage of(Map<String, String> fields) {
    SortedMap<String, String> sorted = new TreeMap<>(fields);
    sorted.values().removeIf(String::isEmpty);
    return new UnionPayMessage(sorted);
  }

  /** Reads a notification, or null if it isn't a form, or says one thing in two ways. */
  static @Nullable UnionPayMessage readForm(byte[] body) {
    String text = utf8(body);
    if (text == null
        || !FORM.matcher(text).matches()
        || (LOWER_ESCAPE.matcher(text).find() && UPPER_ESCAPE.matcher(text).find())) {
      // Escapes in both cases: nobody's encoder writes that, so somebody has changed it.
      return null;
    }
    SortedMap<String, String> fields = new TreeMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String value = equals < 1 ? null : decode(pair.substring(equals + 1));
      if (value == null || !put(fields, pair.substring(0, equals), value)) {
        return null;
      }
    }
    return new UnionPayMessage(fields);
  }

  /**
   * Reads a reply, or null if it isn't of the provider's form. A value in braces or brackets may
   * hold {@code &} and {@code =} of its own.
   */
  static @Nullable UnionPayMessage readReply(byte[] body) {
    String text = utf8(body);
    if (text == null) {
      return null;
    }
    SortedMap<String, String> fields = new TreeMap<>();
    int at = 0;
    while (at <= text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        return null;
      }
      int end = endOfValue(text, equals + 1);
      if (!put(fields, text.substring(at, equals), text.substring(equals + 1, end))) {
        return null;
      }
      at = end + 1;
    }
    return new UnionPayMessage(fields);
  }

  /** A field's value, or null. */
  @Nullable String get(String name) {
    return fields.get(name);
  }

  /** Whether a field has just this value. */
  boolean says(String name, String value) {
    return value.equals(fields.get(name));
  }

  /** What is signed: all fields but the signature, sorted. */
  String signed() {
    return fields.entrySet().stream()
        .filter(field -> !field.getKey().equals(UnionPaySignature.SIGNATURE))
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining("&"));
  }

  /** The same with another field. */
  UnionPayMessage with(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(fields);
    more.put(name, value);
    return new UnionPayMessage(more);
  }

  /** As a form. */
  byte[] form() {
    return fields.entrySet().stream()
        .map(
            field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean put(Map<String, String> fields, String name, String value) {
    if (!NAME.matcher(name).matches() || fields.size() >= MAX_FIELDS) {
      return false;
    }
    // The signed string would read the same with the hidden field in the open.
    boolean hidesFields = value.indexOf('&') >= 0 && !isNested(value);
    if (hidesFields) {
      return false;
    }
    return value.isEmpty() || fields.put(name, value) == null;
  }

  private static int endOfValue(String text, int from) {
    char closing = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (closing != 0) {
        closing = c == closing ? 0 : closing;
      } else if (c == '{' || c == '[') {
        closing = c == '{' ? '}' : ']';
      } else if (c == '&') {
        return i;
      }
    }
    return text.length();
  }

  private static boolean isNested(String value) {
    return endOfValue(value, 0) == value.length();
  }

  private static @Nullable String decode(String value) {
    try {
      String decoded = URLDecoder.decode(value, StandardCharsets.UTF_8);
      return decoded.indexOf('\uFFFD') >= 0 ? null : decoded;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}

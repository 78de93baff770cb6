package dev.sluice.channel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A callback as it came in.
 *
 * @param path the request's path
 * @param headers by lower-case name
 * @param body the raw bytes: signatures are checked over these
 */
public record RawCallback(String path, Map<String, List<String>> headers, byte[] body) {

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? null : values.getFirst();
  }
}

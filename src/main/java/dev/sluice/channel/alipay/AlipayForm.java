package dev.sluice.channel.alipay;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parameters as Alipay passes them: sorted by name, form-encoded. */
final class AlipayForm {
  private static final Pattern CHARSET = Pattern.compile("(?:^|&)charset=([A-Za-z0-9-]{1,16})");
  private static final int MAX_PARAMETERS = 64;

  private AlipayForm() {}

  /** The parameters in UTF-8, in the order of their names. */
  static String encode(Map<String, String> parameters) {
    StringBuilder form = new StringBuilder();
    new TreeMap<>(parameters)
        .forEach(
            (name, value) ->
                form.append(form.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return form.toString();
  }

  /** The charset that a notification says it is in; GBK is Alipay's other one. */
  static @Nullable Charset charset(String form) {
    Matcher matcher = CHARSET.matcher(form);
    if (!matcher.find()) {
      return null;
    }
    return switch (matcher.group(1).toUpperCase(java.util.Locale.ROOT)) {
      case "UTF-8" -> StandardCharsets.UTF_8;
      case "GBK" -> Charset.isSupported("GBK") ? Charset.forName("GBK") : null;
      default -> null;
    };
  }

  /** Reads parameters, or null if they aren't a form, or a name comes twice. */
  static @Nullable Map<String, String> decode(byte[] body, Charset charset) {
    String form = new String(body, StandardCharsets.ISO_8859_1);
    if (!form.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      return null;
    }
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : form.split("&", MAX_PARAMETERS + 1)) {
      int equals = pair.indexOf('=');
      if (equals < 1 || parameters.size() == MAX_PARAMETERS) {
        return null;
      }
      try {
        String name = URLDecoder.decode(pair.substring(0, equals), charset);
        String value = URLDecoder.decode(pair.substring(equals + 1), charset);
        if (parameters.put(name, value) != null) {
          return null;
        }
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return parameters;
  }
}

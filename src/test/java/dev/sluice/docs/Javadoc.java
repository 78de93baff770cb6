package dev.sluice.docs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Javadoc of a record, read from its source.
 *
 * @param description what stands before the tags
 * @param params the text of each {@code @param}, by name
 */
record Javadoc(String description, Map<String, String> params) {
  private static final Pattern TAG = Pattern.compile("@param (\\w+) (.*)");

  /** Reads the Javadoc right above a record. */
  static Javadoc of(String source, String record) {
    Matcher declaration = Pattern.compile("\\brecord " + record + "\\(").matcher(source);
    if (!declaration.find()) {
      throw new IllegalArgumentException("there is no record " + record);
    }
    int end = source.lastIndexOf("*/", declaration.start());
    int start = source.lastIndexOf("/**", end);
    if (start < 0) {
      throw new IllegalArgumentException(record + " has no Javadoc");
    }
    String text = source.substring(start + 3, end).replaceAll("(?m)^\\s*\\* ?", "").strip();
    String[] parts = text.split("(?m)^(?=@param )", -1);
    Map<String, String> params = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      Matcher tag = TAG.matcher(oneLine(parts[i]));
      if (tag.matches()) {
        params.put(tag.group(1), tag.group(2));
      }
    }
    return new Javadoc(oneLine(parts[0].replaceAll("(?m)^@.*", "")), params);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}

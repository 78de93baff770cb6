package dev.sluice.api;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes CSV as RFC 4180 has it, and so that no cell is a formula: spreadsheets run what begins
 * with certain signs, so these cells begin with an apostrophe instead. Numbers stay as they are.
 */
final class Csv {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
  private static final String FORMULA_SIGNS = "=+-@\t\r\n";

  private final StringBuilder text = new StringBuilder();

  Csv row(@Nullable Object... cells) {
    for (int i = 0; i < cells.length; i++) {
      text.append(i == 0 ? "" : ",").append(cell(cells[i]));
    }
    text.append("\r\n");
    return this;
  }

  static String cell(@Nullable Object value) {
    String raw = value == null ? "" : value.toString();
    boolean formula =
        !raw.isEmpty()
            && FORMULA_SIGNS.indexOf(raw.charAt(0)) >= 0
            && !NUMBER.matcher(raw).matches();
    String safe = formula ? "'" + raw : raw;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

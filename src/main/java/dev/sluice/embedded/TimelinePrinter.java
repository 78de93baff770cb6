package dev.sluice.embedded;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Prints an order's timeline in columns, each entry once, however often it is read. */
final class TimelinePrinter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final PrintStream out;
  private int printed;
  private @Nullable Instant first;

  TimelinePrinter(PrintStream out) {
    this.out = out;
  }

  /** Prints what was added since the last time. */
  void print(JsonNode entries) {
    for (; printed < entries.size(); printed++) {
      JsonNode entry = entries.get(printed);
      Instant at = Instant.parse(entry.path("at").asString());
      if (first == null) {
        first = at;
      }
      out.printf(
          "  %s  %+5d ms  %-12s  %s%n",
          TIME.format(at),
          Duration.between(first, at).toMillis(),
          entry.path("kind").asString(),
          entry.path("text").asString());
    }
    out.flush();
  }
}

package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What one benchmark found: to the screen as it comes, and to a file at the end. */
final class Report {
  private final String name;
  private final PrintStream out;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private @Nullable String failure;

  /** A ratio, or another figure that has a bound. */
  private record Line(String what, double reached, boolean atLeast, double required) {
    boolean isReached() {
      return atLeast ? reached >= required : reached <= required;
    }
  }

  Report(String name, PrintStream out) {
    this.name = name;
    this.out = out;
  }

  String name() {
    return name;
  }

  /** Must be at least as much. */
  void atLeast(String what, double reached, double required) {
    lines.add(new Line(what, reached, true, required));
  }

  /** Must be at most as much. */
  void atMost(String what, double reached, double required) {
    lines.add(new Line(what, reached, false, required));
  }

  /** Tells something that has no bound. */
  void note(String format, Object... arguments) {
    String note = String.format(Locale.ROOT, format, arguments);
    notes.add(note);
    out.println("  " + note);
  }

  /** Keeps a figure for the file. */
  void figure(String what, Object value) {
    figures.put(what, value);
  }

  /** It could not be measured, which is as bad as falling short. */
  void failed(Throwable why) {
    failure = why.toString();
  }

  boolean isReached() {
    return failure == null && !lines.isEmpty() && lines.stream().allMatch(Line::isReached);
  }

  /** The lines of the table of ratios. */
  void table(PrintStream to) {
    for (Line line : lines) {
      to.printf(
          Locale.ROOT,
          "%-44s %10.2f %4s %7.2f %s%n",
          line.what,
          line.reached,
          line.atLeast ? ">=" : "<=",
          line.required,
          line.isReached() ? "" : "  short");
    }
    if (failure != null) {
      to.printf("%-44s %s%n", name, failure);
    }
  }

  /** Writes {@code NAME.json}. */
  void write(Path directory) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("reached", isReached());
    if (failure != null) {
      all.put("failure", failure);
    }
    all.put(
        "ratios",
        lines.stream()
            .map(
                line ->
                    Map.of(
                        "what",
                        line.what,
                        "reached",
                        line.reached,
                        line.atLeast ? "atLeast" : "atMost",
                        line.required))
            .toList());
    all.put("figures", figures);
    all.put("notes", notes);
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(name + ".json"),
          JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(all)
              + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sluice.bench;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What is seen of a service every few seconds, and a picture of it. */
final class Samples {
  /** Such as {@code [12.345s] GC(3) Pause Young (Allocation Failure) 100M->20M(200M) 5.123ms}. */
  private static final Pattern PAUSE =
      Pattern.compile("^\\[([\\d.]+)s].* Pause .* (\\d+)M->(\\d+)M\\(\\d+M\\) ([\\d.]+)ms$");

  private static final String DEAD = "select coalesce(sum(n_dead_tup), 0) from pg_stat_user_tables";
  private static final String SIZE = "select pg_database_size(current_database())";
  private static final String BALANCES = "select pg_total_relation_size('account')";
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
  private static final double BYTES_PER_MEGABYTE = 1 << 20;

  private final Lifecycle.Line line;
  private final Postgres postgres;
  private final long start = System.nanoTime();
  private final int pausesBefore;
  private final List<Sample> samples = new ArrayList<>();

  private record Sample(
      double minute,
      double p50,
      double p99,
      double residentMegabytes,
      double deadRows,
      double balancesMegabytes,
      double databaseMegabytes) {}

  /** One pause of the collector: when, how long, and what was left in the heap. */
  record Pause(double second, double leftMegabytes, double millis) {}

  Samples(Lifecycle.Line line, Postgres postgres) {
    this.line = line;
    this.postgres = postgres;
    this.pausesBefore = allPauses().size();
  }

  void take() {
    double[] millis = line.orders().takeMillis();
    samples.add(
        new Sample(
            (System.nanoTime() - start) / 6e10,
            millis.length == 0 ? 0 : millis[millis.length / 2],
            millis.length == 0 ? 0 : millis[millis.length * 99 / 100],
            resident(),
            postgres.count(DEAD),
            postgres.count(BALANCES) / BYTES_PER_MEGABYTE,
            postgres.count(SIZE) / BYTES_PER_MEGABYTE));
  }

  private double resident() {
    try {
      Matcher kilobytes =
          RESIDENT.matcher(Files.readString(Path.of("/proc/" + line.server().pid() + "/status")));
      return kilobytes.find() ? Long.parseLong(kilobytes.group(1)) / 1024.0 : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The collector's pauses since the first sample was due. */
  List<Pause> pauses() {
    List<Pause> all = allPauses();
    return all.subList(pausesBefore, all.size());
  }

  private List<Pause> allPauses() {
    return line.server().collections().stream()
        .map(PAUSE::matcher)
        .filter(Matcher::find)
        .map(
            m ->
                new Pause(
                    Double.parseDouble(m.group(1)),
                    Double.parseDouble(m.group(3)),
                    Double.parseDouble(m.group(4))))
        .toList();
  }

  /** How the median of the last third's p99 compares with that of the first. */
  double p99Growth() {
    int third = samples.size() / 3;
    return median(samples.subList(samples.size() - third, samples.size()))
        / median(samples.subList(0, third));
  }

  private static double median(List<Sample> of) {
    return Rounds.median(of.stream().mapToDouble(Sample::p99).toArray());
  }

  /** Draws all of it. */
  void plot(Path file) {
    double[] minutes = samples.stream().mapToDouble(Sample::minute).toArray();
    XYChart latency = chart("From accepting to the delivered notification", "ms");
    add(latency, "p99", minutes, column(Sample::p99));
    add(latency, "p50", minutes, column(Sample::p50));
    XYChart memory = chart("Memory of the service", "MB");
    add(memory, "resident", minutes, column(Sample::residentMegabytes));
    List<Pause> pauses = pauses();
    double first = pauses.isEmpty() ? 0 : pauses.getFirst().second();
    double[] at = pauses.stream().mapToDouble(p -> (p.second() - first) / 60).toArray();
    XYChart collector = chart("Pauses of the collector", "ms");
    if (!pauses.isEmpty()) {
      add(memory, "heap after a collection", at, left(pauses));
      double[] millis = pauses.stream().mapToDouble(Pause::millis).toArray();
      add(collector, "pause", at, millis)
          .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
          .setMarker(SeriesMarkers.CIRCLE);
    }
    XYChart bloat = chart("The database", "MB, thousands of rows");
    add(bloat, "all of it, in 100 MB", minutes, column(s -> s.databaseMegabytes() / 100));
    add(bloat, "balances with their indexes, MB", minutes, column(Sample::balancesMegabytes));
    add(bloat, "dead rows, thousands", minutes, column(s -> s.deadRows() / 1000));
    try {
      BitmapEncoder.saveBitmap(
          List.of(latency, memory, collector, bloat),
          2,
          2,
          file.toString(),
          BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double[] left(List<Pause> pauses) {
    return pauses.stream().mapToDouble(Pause::leftMegabytes).toArray();
  }

  private double[] column(ToDoubleFunction<Sample> of) {
    return samples.stream().mapToDouble(of).toArray();
  }

  private static XYChart chart(String title, String unit) {
    XYChart chart =
        new XYChartBuilder()
            .width(700)
            .height(380)
            .title(title)
            .xAxisTitle("minutes")
            .yAxisTitle(unit)
            .build();
    chart.getStyler().setYAxisMin(0.0).setChartBackgroundColor(Color.WHITE);
    return chart;
  }

  private static XYSeries add(XYChart chart, String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }
}

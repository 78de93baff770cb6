package dev.sluice.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Whole lives of orders at a steady rate for a quarter of an hour: what only time shows. */
final class Soak implements Benchmark {
  private static final double OF_CAPACITY = 0.7;
  private static final int CAPACITY_SECONDS = 20;
  private static final int EACH_SECONDS = 5;
  private static final double FLAT = 1.15;
  private static final double STEADY = 1.5;
  private static final Path PICTURE = Path.of("docs", "internals", "soak.png");

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String what() {
    return "whole lives at 70 % of capacity for 15 minutes, plotted to " + PICTURE;
  }

  @Override
  public Pace pace() {
    return new Pace(1, 900, 60);
  }

  @Override
  public void run(Site site, Pace pace, Report report) throws Exception {
    Postgres postgres = site.postgres();
    try (Lifecycle.Line line = Lifecycle.Line.start(site, "product", "group", postgres)) {
      line.orders().load(Math.max(1, pace.warmSeconds()));
      double capacity = line.orders().load(CAPACITY_SECONDS).perSecond();
      postgres.execute("vacuum analyze", "checkpoint");
      Heap heap = new Heap(line.server());
      long before = heap.liveBytes();
      line.orders().pace(capacity * OF_CAPACITY);
      FutureTask<Load> load = new FutureTask<>(() -> line.orders().load(pace.seconds()));
      Samples samples = new Samples(line, postgres);
      Thread.ofPlatform().daemon().name("soak").start(load);
      for (int at = EACH_SECONDS; at < pace.seconds(); at += EACH_SECONDS) {
        TimeUnit.SECONDS.sleep(EACH_SECONDS);
        samples.take();
      }
      Load all = load.get();
      long after = heap.liveBytes();
      samples.plot(PICTURE);
      tell(report, capacity, all, samples);
      report.note("live heap %d MB before and %d MB after", before >> 20, after >> 20);
      line.check(report);
      report.atMost("soak: live heap, after / before", (double) after / before, FLAT);
      report.atMost("soak: answers other than 201", all.errors(), 0);
      report.atMost("soak: p99 of the last third / of the first", samples.p99Growth(), STEADY);
    }
  }

  private static void tell(Report report, double capacity, Load all, Samples samples) {
    List<Samples.Pause> pauses = samples.pauses();
    double[] millis = pauses.stream().mapToDouble(Samples.Pause::millis).sorted().toArray();
    report.note(
        "capacity %,.0f/s; %,d orders at %,.0f/s for %.0f s; %d pauses of the collector,"
            + " together %.0f ms, at most %.0f ms",
        capacity,
        all.done(),
        capacity * OF_CAPACITY,
        all.seconds(),
        millis.length,
        Arrays.stream(millis).sum(),
        millis.length == 0 ? 0 : millis[millis.length - 1]);
  }
}

package dev.sluice.reconcile;

import dev.sluice.reconcile.format.StatementRefused;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what statements show. */
final class ReconcileMetrics {
  private static final Logger log = LoggerFactory.getLogger(ReconcileMetrics.class);

  private final MeterRegistry registry;
  private final MultiGauge missing;
  private final MultiGauge open;
  private final MultiGauge oldest;

  ReconcileMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.missing = gauge("sluice.reconcile.statements.missing");
    this.open = gauge("sluice.reconcile.breaks.open");
    this.oldest = gauge("sluice.reconcile.breaks.oldest.seconds");
  }

  private MultiGauge gauge(String name) {
    return MultiGauge.builder(name).register(registry);
  }

  /** Numbers by source: statements missing, breaks open, age of the oldest. */
  void measured(
      Map<String, Long> missingBySource,
      Map<String, Long> openBySource,
      Map<String, Long> oldestBySource) {
    register(missing, missingBySource);
    register(open, openBySource);
    register(oldest, oldestBySource);
  }

  private static void register(MultiGauge gauge, Map<String, Long> bySource) {
    gauge.register(
        bySource.entrySet().stream()
            .map(e -> MultiGauge.Row.of(Tags.of("source", e.getKey()), e.getValue()))
            .toList(),
        true);
  }

  void finished(RunReport report, long nanos, int alarmDifferences) {
    registry
        .timer("sluice.reconcile.runs", "source", report.source())
        .record(nanos, TimeUnit.NANOSECONDS);
    for (RunReport.Kind kind : report.breaks()) {
      registry
          .counter(
              "sluice.reconcile.breaks",
              "source",
              report.source(),
              "kind",
              kind.kind().name().toLowerCase(Locale.ROOT))
          .increment(kind.count());
    }
    if (report.openBreaks() > alarmDifferences) {
      log.atWarn()
          .addKeyValue("source", report.source())
          .addKeyValue("run", report.runId())
          .log("a statement shows {} open differences", report.openBreaks());
      alarm("statement_differences");
    }
  }

  void refused(String source, StatementRefused.Reason reason) {
    registry
        .counter(
            "sluice.reconcile.refused",
            "source",
            source,
            "reason",
            reason.name().toLowerCase(Locale.ROOT))
        .increment();
    alarm("statement_refused");
  }

  void alarm(String kind) {
    registry.counter("sluice.alarms", "kind", kind).increment();
  }
}

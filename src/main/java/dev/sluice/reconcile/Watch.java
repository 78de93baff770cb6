package dev.sluice.reconcile;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures reconciliation for metrics, and raises the alarm once for each missing statement. */
final class Watch {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  private final Reports reports;
  private final ReconcileMetrics metrics;
  private final Duration expectAfter;
  private Set<Reports.MissingStatement> known = Set.of();

  Watch(Reports reports, ReconcileMetrics metrics, Duration expectAfter) {
    this.reports = reports;
    this.metrics = metrics;
    this.expectAfter = expectAfter;
  }

  /** Measures; returns 0, as there is never more to do. */
  int measure() {
    Map<String, Long> missing = new TreeMap<>();
    Map<String, Long> open = new TreeMap<>();
    Map<String, Long> oldest = new TreeMap<>();
    for (String source : reports.sources()) {
      missing.put(source, 0L);
      Reports.OpenBreaks breaks = reports.open(source);
      open.put(source, breaks.count());
      oldest.put(source, breaks.oldestSeconds());
    }
    Set<Reports.MissingStatement> now = new HashSet<>(reports.missing(expectAfter));
    for (Reports.MissingStatement one : now) {
      missing.merge(one.source(), 1L, Long::sum);
      if (!known.contains(one)) {
        metrics.alarm("statement_missing");
        log.atWarn()
            .addKeyValue("source", one.source())
            .log("the statement of {} is missing", one.day());
      }
    }
    known = now;
    metrics.measured(missing, open, oldest);
    return 0;
  }
}

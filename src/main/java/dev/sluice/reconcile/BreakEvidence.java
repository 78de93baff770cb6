package dev.sluice.reconcile;

import dev.sluice.payout.Timeline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** Puts together what a person needs to decide a break: both sides, and the order's timeline. */
final class BreakEvidence {
  /** A day on which everything differs shows its orders' timelines on demand only. */
  private static final int MOST_TIMELINES = 200;

  private final BreakStore breaks;
  private final FactStore facts;
  private final Timeline timeline;
  private final JsonMapper json;

  BreakEvidence(BreakStore breaks, FactStore facts, Timeline timeline, JsonMapper json) {
    this.breaks = breaks;
    this.facts = facts;
    this.timeline = timeline;
    this.json = json;
  }

  /** The evidence as a JSON object; with the timeline, unless it is one of very many. */
  String json(UUID breakId, int ofHowMany) {
    Break one = breaks.byId(breakId).orElseThrow();
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("breakId", one.id().toString());
    evidence.put("kind", one.kind().name());
    evidence.put("source", one.source());
    evidence.put("businessDate", one.businessDate().toString());
    evidence.put("runId", one.runId().toString());
    if (one.lineNo() != null) {
      facts.line(one.runId(), one.lineNo()).ifPresent(l -> evidence.put("line", line(l)));
    }
    if (one.ours() != null) {
      evidence.put("ours", one.ours().toString());
    }
    if (one.theirs() != null) {
      evidence.put("theirs", one.theirs().toString());
    }
    if (ofHowMany <= MOST_TIMELINES && one.withdrawalId() != null) {
      evidence.put("timeline", timeline(one.withdrawalId()));
    }
    return json.writeValueAsString(evidence);
  }

  /** As the statement has it, and no more of the beneficiary's number than we show ourselves. */
  private static Map<String, Object> line(Facts.Line line) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("number", line.number());
    shown.put("kind", line.kind().name());
    shown.put("amount", line.amount().toString());
    if (line.attemptId() != null) {
      shown.put("attemptId", line.attemptId().toString());
    }
    if (line.reference() != null) {
      shown.put("reference", line.reference());
    }
    if (!line.shown().tail().isEmpty()) {
      shown.put("beneficiary", line.shown().head() + "******" + line.shown().tail());
    }
    if (line.bookedAt() != null) {
      shown.put("bookedAt", line.bookedAt().toString());
    }
    return shown;
  }

  private List<Map<String, String>> timeline(UUID withdrawalId) {
    return timeline.of(withdrawalId).stream()
        .map(e -> Map.of("at", e.at().toString(), "text", e.text()))
        .toList();
  }
}

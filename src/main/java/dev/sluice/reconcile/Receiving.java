package dev.sluice.reconcile;

import dev.sluice.money.Ids;
import dev.sluice.reconcile.Reconciliation.Receipt;
import dev.sluice.reconcile.format.StatementRefused;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Keeps statements that come in, whichever way. */
final class Receiving {
  private static final int LONGEST_NAME = 200;

  private final FileStore files;
  private final EvidenceFiles evidence;
  private final Clock clock;
  private final Ids ids;

  Receiving(FileStore files, EvidenceFiles evidence, Clock clock, Ids ids) {
    this.files = files;
    this.evidence = evidence;
    this.clock = clock;
    this.ids = ids;
  }

  Receipt receive(
      String source,
      String name,
      InputStream content,
      @Nullable LocalDate businessDate,
      StatementFile.Origin origin,
      String actor)
      throws IOException {
    EvidenceFiles.Kept kept;
    try {
      kept = evidence.keep(ids.next(), content);
    } catch (StatementRefused e) {
      return new Receipt.Rejected(e.reason().name(), e.detail());
    }
    StatementFile file =
        new StatementFile(
            kept.id(),
            source,
            cleanName(name),
            HexFormat.of().formatHex(kept.sha256()),
            kept.bytes(),
            businessDate,
            origin,
            actor,
            clock.instant(),
            StatementFile.State.RECEIVED,
            null,
            null);
    if (files.insert(file)) {
      return new Receipt.Stored(file);
    }
    evidence.drop(kept.id());
    StatementFile known = files.byContent(source, kept.sha256(), businessDate).orElseThrow();
    if (StatementRefused.Reason.PERIOD_NOT_OVER.name().equals(known.refusal())
        && files.readAgain(known.id(), businessDate)) {
      // It came too early; by now its day may be over.
      known = files.byId(known.id()).orElseThrow();
    }
    return new Receipt.Known(known);
  }

  private static String cleanName(String name) {
    String clean = name.replaceAll("[\\p{Cntrl}/\\\\]", "_").strip();
    String named = clean.isEmpty() ? "statement" : clean;
    return named.length() <= LONGEST_NAME ? named : named.substring(0, LONGEST_NAME);
  }
}

package dev.sluice.reconcile;

import dev.sluice.review.ReviewCase;
import dev.sluice.review.ReviewCases;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/** Asks a person about files that nobody waits for an answer to, and that couldn't be kept. */
final class Rejections {
  private static final Logger log = LoggerFactory.getLogger(Rejections.class);

  private final ReviewCases reviews;
  private final ReconcileMetrics metrics;
  private final TransactionOperations transactions;
  private final Clock clock;

  Rejections(
      ReviewCases reviews,
      ReconcileMetrics metrics,
      TransactionOperations transactions,
      Clock clock) {
    this.reviews = reviews;
    this.metrics = metrics;
    this.transactions = transactions;
    this.clock = clock;
  }

  void open(String source, String name, String reason, String detail) {
    transactions.executeWithoutResult(
        status ->
            reviews.open(
                List.of(
                    new ReviewCases.Question(
                        null,
                        null,
                        ReviewCase.Kind.STATEMENT,
                        "Statement %s of %s was not kept (%s): %s."
                            .formatted(printable(name), source, reason, detail))),
                clock.instant()));
    metrics.alarm("statement_refused");
    log.atWarn()
        .addKeyValue("source", source)
        .log("a statement was not kept: {}: {}", reason, detail);
  }

  private static String printable(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "_");
    return clean.length() <= 200 ? clean : clean.substring(0, 200);
  }
}

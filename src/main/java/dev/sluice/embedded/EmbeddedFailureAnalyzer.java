package dev.sluice.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why the embedded default can't be started, without a stack trace. */
public final class EmbeddedFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedException cause) {
    Throwable reason = cause.getCause();
    String message = String.valueOf(cause.getMessage());
    return new FailureAnalysis(
        reason == null ? message : message + System.lineSeparator() + reason,
        "To use a PostgreSQL of your own instead, set SLUICE_DATABASE_URL, SLUICE_DATABASE_USER"
            + " and SLUICE_DATABASE_PASSWORD.",
        cause);
  }
}

package dev.sluice.api;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The settings under {@code sluice.jwt} can't be used; the message says which and holds no key. */
final class UnusableTokenSettings extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableTokenSettings(String message) {
    super("sluice.jwt." + message);
  }

  /** Says it at start-up in a sentence, without a stack trace. */
  static final class Analyzer extends AbstractFailureAnalyzer<UnusableTokenSettings> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableTokenSettings cause) {
      return new FailureAnalysis(
          String.valueOf(cause.getMessage()),
          "Set SLUICE_JWT_ISSUER and SLUICE_JWT_AUDIENCE, and SLUICE_JWT_HMAC_SECRET for HS256;"
              + " or SLUICE_JWT_ALGORITHM to RS256 or ES256 with SLUICE_JWT_PUBLIC_KEY or"
              + " SLUICE_JWT_JWKS_URI.",
          cause);
    }
  }
}

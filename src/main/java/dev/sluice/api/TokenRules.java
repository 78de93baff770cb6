package dev.sluice.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/** What a token's claims must say. Each refusal is a sentence that the caller may see. */
final class TokenRules implements OAuth2TokenValidator<Jwt> {
  /** What is kept as the actor of a change: short, and nothing that breaks a log line. */
  private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7E]{1,128}");

  private final String issuer;
  private final String audience;
  private final Duration skew;
  private final Clock clock;

  /**
   * The rules.
   *
   * @throws UnusableTokenSettings if issuer or audience isn't set
   */
  TokenRules(JwtSettings settings, Clock clock) {
    this.issuer = demand(settings.issuer(), "issuer is not set: tokens must say who made them");
    this.audience =
        demand(settings.audience(), "audience is not set: tokens must say whom they are for");
    this.skew = settings.clockSkew();
    this.clock = clock;
  }

  private static String demand(@Nullable String value, String otherwise) {
    if (value == null || value.isBlank()) {
      throw new UnusableTokenSettings(otherwise);
    }
    return value.strip();
  }

  @Override
  public OAuth2TokenValidatorResult validate(Jwt token) {
    return wrong(token)
        .map(why -> OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", why, null)))
        .orElseGet(OAuth2TokenValidatorResult::success);
  }

  private Optional<String> wrong(Jwt token) {
    Instant now = clock.instant();
    Instant expiry = token.getExpiresAt();
    Instant notBefore = token.getNotBefore();
    String subject = token.getSubject();
    if (expiry == null) {
      return Optional.of("The token has no expiry (exp); get one that has.");
    }
    if (now.isAfter(expiry.plus(skew))) {
      return Optional.of("The token has expired; get a new one.");
    }
    if (notBefore != null && now.plus(skew).isBefore(notBefore)) {
      return Optional.of("The token is not valid yet (nbf).");
    }
    if (!issuer.equals(token.getClaimAsString("iss"))) {
      return Optional.of("The token is from another issuer (iss).");
    }
    if (token.getAudience() == null || !token.getAudience().contains(audience)) {
      return Optional.of("The token is for another audience (aud).");
    }
    if (subject == null || !SUBJECT.matcher(subject).matches()) {
      return Optional.of("The token's subject (sub) must be 1 to 128 visible ASCII characters.");
    }
    return Optional.empty();
  }
}

package dev.sluice.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which tokens are believed. One algorithm and one source of keys; nothing in a token changes them.
 *
 * @param algorithm HS256, RS256 or ES256
 * @param hmacSecret for HS256: 32 bytes or more in Base64; what isn't such Base64 is taken as it
 *     stands, again 32 bytes or more
 * @param publicKey for RS256 and ES256: the issuer's public key in PEM, or the path of a PEM file
 * @param jwksUri for RS256 and ES256, in place of the public key: where the issuer publishes its
 *     keys
 * @param issuer what {@code iss} must be
 * @param audience what {@code aud} must contain
 * @param clockSkew how far the issuer's clock may be off
 * @param remember how long a verified token is believed without verifying it again, its expiry
 *     aside; a key that is withdrawn counts for so long still. 0 verifies each request
 */
@ConfigurationProperties("sluice.jwt")
public record JwtSettings(
    @DefaultValue("HS256") Algorithm algorithm,
    @Nullable String hmacSecret,
    @Nullable String publicKey,
    @Nullable String jwksUri,
    @Nullable String issuer,
    @Nullable String audience,
    @DefaultValue("30s") Duration clockSkew,
    @DefaultValue("5m") Duration remember) {

  /** Signature algorithms (RFC 7518 section 3.1). */
  public enum Algorithm {
    HS256,
    RS256,
    ES256
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "JwtSettings[algorithm=%s, issuer=%s, audience=%s]"
        .formatted(algorithm, issuer, audience);
  }
}

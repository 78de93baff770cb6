package dev.sluice.embedded;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/** Makes tokens for trying the API out, as the API accepts them: HS256 with the development key. */
final class DevTokens {
  static final Duration LIFETIME = Duration.ofHours(1);

  private final String issuer;
  private final String audience;
  private final byte[] secret;
  private final Clock clock;

  /**
   * Tokens of this issuer for this audience.
   *
   * @param secret the API's HMAC secret in Base64, at least 32 bytes
   */
  DevTokens(String issuer, String audience, String secret, Clock clock) {
    this.issuer = issuer;
    this.audience = audience;
    this.secret = Base64.getDecoder().decode(secret);
    this.clock = clock;
  }

  /**
   * A token.
   *
   * @param scope scopes separated by spaces
   */
  String issue(String subject, String scope) {
    Instant now = clock.instant();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(audience)
            .subject(subject)
            .claim("scope", scope)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFETIME)))
            .build();
    try {
      SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 is not available, or the secret is too short", e);
    }
  }
}

package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Remembers tokens that were verified within the last minute, since clients send one token many
 * times and a signature of RS256 or ES256 costs more than the rest of the request. A key that is
 * withdrawn counts for that minute still; an expiry counts at once. Only valid tokens are kept, in
 * a fixed number of places.
 */
final class RecentTokens implements JwtDecoder {
  private static final int PLACES = 4_096; // a power of two
  private static final Duration KEPT = Duration.ofSeconds(60);

  private final JwtDecoder verifier;
  private final Clock clock;
  private final AtomicReferenceArray<@Nullable Verified> places =
      new AtomicReferenceArray<>(PLACES);

  RecentTokens(JwtDecoder verifier, Clock clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  private record Verified(byte[] token, Jwt jwt, Instant until) {
    @Override
    public String toString() {
      return "Verified[until=" + until + "]";
    }
  }

  @Override
  public Jwt decode(String token) {
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    int hash = token.hashCode();
    int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    Instant now = clock.instant();
    Verified known = places.get(place);
    if (known != null && now.isBefore(known.until) && MessageDigest.isEqual(known.token, bytes)) {
      return known.jwt;
    }
    Jwt jwt = verifier.decode(token);
    Instant expiry = jwt.getExpiresAt();
    Instant until = now.plus(KEPT);
    if (expiry != null) {
      places.set(place, new Verified(bytes, jwt, expiry.isBefore(until) ? expiry : until));
    }
    return jwt;
  }
}

package dev.sluice.api;

import dev.sluice.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Remembers who sent tokens that were verified lately, since clients send one token many times and
 * its signature and claims cost more than the rest of the request. Kept by the token's SHA-256, so
 * that the memory holds no token; bounded in number and time; an expiry counts at once, and a key
 * that is withdrawn counts for that time still. Only valid tokens are kept.
 */
final class RecentTokens implements AuthenticationManager {
  private static final int MOST = 100_000;

  private final AuthenticationManager verifier;
  private final Clock clock;
  private final Duration kept;
  private final Memory<Digest, Known> known = new Memory<>(MOST);

  /**
   * A memory in front of a verifier.
   *
   * @param kept how long a verified token is believed without verifying it again; 0 for never
   */
  RecentTokens(AuthenticationManager verifier, Clock clock, Duration kept) {
    this.verifier = verifier;
    this.clock = clock;
    this.kept = kept;
  }

  private record Digest(long a, long b, long c, long d) {
    static Digest of(String token) {
      try {
        ByteBuffer hash =
            ByteBuffer.wrap(
                MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8)));
        return new Digest(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // each Java platform has it
      }
    }
  }

  private record Known(Caller caller, List<GrantedAuthority> authorities, Instant until) {}

  /** Who sent a request, in the form that the security filters hand on. */
  static final class CallerToken extends AbstractAuthenticationToken {
    private final transient Caller caller;

    private CallerToken(Caller caller, Collection<GrantedAuthority> authorities) {
      super(authorities);
      this.caller = caller;
      setAuthenticated(true);
    }

    Caller caller() {
      return caller;
    }

    @Override
    public Object getCredentials() {
      return "";
    }

    @Override
    public Object getPrincipal() {
      return caller.subject();
    }
  }

  @Override
  public Authentication authenticate(Authentication request) {
    Digest digest = Digest.of(((BearerTokenAuthenticationToken) request).getToken());
    Instant now = clock.instant();
    Known recent =
        known
            .find(digest)
            .filter(one -> now.isBefore(one.until))
            .orElseGet(() -> verified(digest, request, now));
    return new CallerToken(recent.caller, recent.authorities);
  }

  private Known verified(Digest digest, Authentication request, Instant now) {
    Known verified = known((JwtAuthenticationToken) verifier.authenticate(request), now);
    if (now.isBefore(verified.until)) {
      known.put(digest, verified);
    }
    return verified;
  }

  private Known known(JwtAuthenticationToken token, Instant now) {
    Instant until = now.plus(kept);
    Instant expiry = token.getToken().getExpiresAt();
    List<GrantedAuthority> authorities = List.copyOf(token.getAuthorities());
    return new Known(
        new Caller(token.getName(), Scope.of(authorities)),
        authorities,
        expiry != null && expiry.isBefore(until) ? expiry : until);
  }
}

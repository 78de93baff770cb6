package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;

/**
 * Finds the token (RFC 6750 section 2.1): in one {@code Authorization} header and nowhere else,
 * never in the query or a form, which end up in logs.
 */
final class BearerTokens implements BearerTokenResolver {
  private static final String SCHEME = "Bearer ";
  private static final int LONGEST = 8_192;

  @Override
  public @Nullable String resolve(HttpServletRequest request) {
    String path = request.getServletPath();
    if (path.startsWith("/v1/callbacks/") || path.startsWith("/dev/")) {
      return null; // no token is asked for, and a channel may use the header for its own ends
    }
    Enumeration<String> headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
    if (!headers.hasMoreElements()) {
      return null;
    }
    String header = headers.nextElement();
    if (headers.hasMoreElements()) {
      throw new InvalidBearerTokenException("Send one Authorization header.");
    }
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    String token = header.substring(SCHEME.length()).strip();
    if (token.isEmpty() || token.length() > LONGEST || !isToken68(token)) {
      throw new InvalidBearerTokenException("The token is malformed.");
    }
    return token;
  }

  /** Letters, digits, some signs (RFC 7235's token68). A loop: each request comes through here. */
  private static boolean isToken68(String token) {
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "._~+/-=".indexOf(c) >= 0;
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}

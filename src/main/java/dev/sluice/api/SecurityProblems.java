package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/** Answers what the security filters refuse, as problems with the challenges of RFC 6750. */
final class SecurityProblems
    implements AuthenticationEntryPoint,
        AuthenticationFailureHandler,
        AccessDeniedHandler,
        RequestRejectedHandler {
  private static final Logger log = LoggerFactory.getLogger(SecurityProblems.class);

  /** No token. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException {
    if (why instanceof InvalidBearerTokenException) { // there was one, in no form that is a token
      onAuthenticationFailure(request, response, why);
      return;
    }
    ProblemWriter.write(
        request,
        response,
        ProblemCode.UNAUTHENTICATED,
        "Send a token in the header Authorization: Bearer <token>.");
  }

  /** A token that isn't valid, or keys that can't be had. */
  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException {
    if (why instanceof AuthenticationServiceException) {
      log.warn("tokens can't be verified: the issuer's keys can't be had", why);
      ProblemWriter.write(
          request,
          response,
          ProblemCode.UNAVAILABLE,
          "The issuer's keys can't be fetched, so no token can be verified; try again shortly.");
      return;
    }
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"sluice\", error=\"invalid_token\"");
    ProblemWriter.write(request, response, ProblemCode.UNAUTHENTICATED, sentence(why));
  }

  private static String sentence(AuthenticationException why) {
    if (why.getCause() instanceof JwtValidationException invalid) {
      return String.valueOf(invalid.getErrors().iterator().next().getDescription());
    }
    // Without a cause it is a sentence of BearerTokens.
    return why instanceof InvalidBearerTokenException && why.getCause() == null
        ? String.valueOf(why.getMessage())
        : "The token can't be read, or its signature or algorithm is not the agreed one.";
  }

  /** A token that doesn't allow it. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
      throws IOException {
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"sluice\", error=\"insufficient_scope\"");
    ProblemWriter.write(
        request, response, ProblemCode.FORBIDDEN, "The token's scopes don't allow this.");
  }

  /** A path or header that could mean different things to different readers. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, RequestRejectedException why)
      throws IOException {
    ProblemWriter.write(
        request,
        response,
        ProblemCode.INVALID_REQUEST,
        "The method, the path or a header has characters or forms that are not allowed.");
  }
}

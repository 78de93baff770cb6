package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Enforces each call's {@link Contract} before anything of the request is read. */
final class ContractGuard implements HandlerInterceptor {
  private static final Caller NOBODY = new Caller("anonymous", Set.of());

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod call)) {
      return true;
    }
    Contract contract = call.getMethod().getAnnotation(Contract.class);
    if (contract == null) {
      if (call.getBeanType().getPackage() == Contract.class.getPackage()
          && call.getBeanType() != ProblemErrorController.class) {
        throw new IllegalStateException(call + " has no contract, so nobody may call it");
      }
      return true; // somebody else's, guarded there
    }
    if (contract.scopes().length > 0 && !caller().mayAny(contract.scopes())) {
      response.setHeader(
          HttpHeaders.WWW_AUTHENTICATE,
          "Bearer realm=\"sluice\", error=\"insufficient_scope\", scope=\"%s\""
              .formatted(names(contract, " ")));
      throw new ApiException(
          ProblemCode.FORBIDDEN,
          "This call needs a token with the scope %s.".formatted(names(contract, " or ")));
    }
    return true;
  }

  static String names(Contract contract, String between) {
    return Arrays.stream(contract.scopes()).map(Scope::claim).collect(Collectors.joining(between));
  }

  /** Who sent the request that this thread works on; without a token, nobody with no scopes. */
  static Caller caller() {
    return SecurityContextHolder.getContext().getAuthentication()
            instanceof RecentTokens.CallerToken token
        ? token.caller()
        : NOBODY;
  }
}

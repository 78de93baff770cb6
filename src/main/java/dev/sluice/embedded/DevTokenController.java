package dev.sluice.embedded;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Hands out tokens to anybody: for trying the service on one machine, so on loopback only. */
@RestController
@ConditionalOnEmbeddedDefault
final class DevTokenController {
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._@:-]{1,64}");
  private static final Set<String> SCOPES = Set.of("withdrawals", "ledger", "ops", "ops:approve");
  private static final int LONGEST_SCOPE = 64;

  private final DevTokens tokens;

  DevTokenController(DevTokens tokens) {
    this.tokens = tokens;
  }

  /** A token for this subject. */
  @PostMapping("/dev/token")
  ResponseEntity<DevToken> token(@RequestBody DevTokenRequest request) {
    String subject = request.sub();
    if (subject == null || !SUBJECT.matcher(subject).matches()) {
      throw refused("sub must be 1 to 64 letters, digits, '.', '_', '@' or '-'");
    }
    String scope = request.scope();
    if (scope == null
        || scope.length() > LONGEST_SCOPE
        || !SCOPES.containsAll(List.of(scope.split(" ", -1)))) {
      throw refused("scope must be one or more of: withdrawals ledger ops ops:approve");
    }
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(new DevToken(tokens.issue(subject, scope), "Bearer", DevTokens.LIFETIME.toSeconds()));
  }

  private static ErrorResponseException refused(String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
    problem.setProperty("code", "INVALID_REQUEST");
    return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
  }

  /** Who wants which scopes, separated by spaces. */
  record DevTokenRequest(@Nullable String sub, @Nullable String scope) {}

  /** The answer, as RFC 6749 section 5.1 has it. */
  record DevToken(
      @JsonProperty("access_token") String accessToken,
      @JsonProperty("token_type") String tokenType,
      @JsonProperty("expires_in") long expiresInSeconds) {
    @Override
    public String toString() {
      return "DevToken[" + tokenType + "]";
    }
  }
}

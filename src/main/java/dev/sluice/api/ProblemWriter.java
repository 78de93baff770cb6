package dev.sluice.api;

import dev.sluice.api.Problem.BadField;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes problems. All errors go through here, whoever finds them: controllers, the framework, the
 * security filters, the servlet container.
 */
final class ProblemWriter {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ProblemWriter() {}

  /** Writes a problem without bad fields. */
  static void write(
      HttpServletRequest request, HttpServletResponse response, ProblemCode code, String detail)
      throws IOException {
    write(request, response, code, detail, List.of());
  }

  /** Replaces whatever was about to be answered; does nothing if the answer is on its way. */
  static void write(
      HttpServletRequest request,
      HttpServletResponse response,
      ProblemCode code,
      String detail,
      List<BadField> fields)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    byte[] body = bytes(Problem.of(code, detail, fields, RequestId.of(request)));
    response.resetBuffer();
    response.setStatus(code.status().value());
    setHeaders(response, code);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  static byte[] bytes(Problem problem) {
    return JSON.writeValueAsBytes(problem);
  }

  static void setHeaders(HttpServletResponse response, ProblemCode code) {
    response.setHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (code.retryHelps()) {
      response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    // RFC 9110 section 11.6.1: each 401 names a challenge.
    if (code == ProblemCode.UNAUTHENTICATED && !response.containsHeader("WWW-Authenticate")) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"sluice\"");
    } else if (code == ProblemCode.INVALID_SIGNATURE) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Signature realm=\"callbacks\"");
    }
  }
}

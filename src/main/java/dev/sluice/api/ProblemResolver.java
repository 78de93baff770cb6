package dev.sluice.api;

import dev.sluice.api.Problem.BadField;
import dev.sluice.queue.GroupCommit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** Turns whatever a handler throws into a problem. Nothing of the exception itself is shown. */
final class ProblemResolver implements HandlerExceptionResolver {
  private static final Logger log = LoggerFactory.getLogger(ProblemResolver.class);

  private record Answer(ProblemCode code, String detail, List<BadField> fields) {
    Answer(ProblemCode code, String detail) {
      this(code, detail, List.of());
    }
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    if (failure instanceof AccessDeniedException || failure instanceof AuthenticationException) {
      return null; // the security filters answer these
    }
    if (failure instanceof AsyncRequestNotUsableException
        || failure instanceof ClientAbortException) {
      return new ModelAndView(); // the caller is gone
    }
    write(request, response, failure);
    return new ModelAndView();
  }

  /** Answers with the problem that a failure is. */
  static void write(HttpServletRequest request, HttpServletResponse response, Exception failure) {
    Answer answer = answer(request, response, failure);
    try {
      ProblemWriter.write(request, response, answer.code, answer.detail, answer.fields);
    } catch (IOException e) {
      log.debug("the caller went away before its problem was written", e);
    }
  }

  private static Answer answer(
      HttpServletRequest request, HttpServletResponse response, Exception failure) {
    return switch (failure) {
      case ApiException e -> new Answer(e.code(), e.detail(), e.fields());
      case GroupCommit.Overloaded e ->
          new Answer(ProblemCode.OVERLOADED, "Nothing was done; send it again in a moment.");
      case GroupCommit.OutcomeUnknown e -> {
        // One line: the commit that failed is in the log once, and not with each of its requests.
        log.warn("a request's outcome is unknown to its caller: {}", e.getMessage());
        yield new Answer(
            ProblemCode.OUTCOME_UNKNOWN,
            "It may or may not have been done; send the same request again, with the same"
                + " Idempotency-Key if it has one, and the answer tells.");
      }
      case HttpRequestMethodNotSupportedException e -> {
        Set<HttpMethod> allowed = e.getSupportedHttpMethods();
        if (allowed != null) {
          response.setHeader(
              HttpHeaders.ALLOW,
              String.join(", ", allowed.stream().map(HttpMethod::name).sorted().toList()));
        }
        yield new Answer(
            ProblemCode.METHOD_NOT_ALLOWED, "Use a method that the header Allow names.");
      }
      case HttpMediaTypeNotSupportedException e ->
          new Answer(
              ProblemCode.UNSUPPORTED_MEDIA_TYPE,
              "Send the body as Content-Type: application/json, in UTF-8.");
      case HttpMediaTypeNotAcceptableException e ->
          new Answer(ProblemCode.NOT_ACCEPTABLE, "The API answers in application/json.");
      case HttpMessageNotReadableException e ->
          new Answer(ProblemCode.INVALID_REQUEST, "The body can't be read as the JSON it must be.");
      case TypeMismatchException e ->
          new Answer(ProblemCode.INVALID_REQUEST, "A parameter is not of its type.");
      case InvalidParameterException e ->
          new Answer(ProblemCode.INVALID_REQUEST, "The query or form can't be decoded.");
      case DataAccessResourceFailureException e -> databaseFailed(request, e);
      case TransientDataAccessException e -> databaseFailed(request, e);
      case TransactionException e -> databaseFailed(request, e);
      case ErrorResponse e -> ofErrorResponse(e, failure);
      default -> {
        log.error("a request failed", failure);
        yield internal();
      }
    };
  }

  /** Whatever is sent to this API may be sent again, so an unknown outcome is never a dead end. */
  private static Answer databaseFailed(HttpServletRequest request, Exception failure) {
    log.warn("the database failed a request", failure);
    return "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod())
        ? new Answer(ProblemCode.UNAVAILABLE, "The database can't be reached; try again shortly.")
        : new Answer(
            ProblemCode.OUTCOME_UNKNOWN,
            "The database failed; it may or may not have been done. Send the same request again.");
  }

  private static Answer ofErrorResponse(ErrorResponse response, Exception failure) {
    int status = response.getStatusCode().value();
    if (status >= 500) {
      log.error("a request failed", failure);
      return status == 503 ? new Answer(ProblemCode.UNAVAILABLE, "Try again shortly.") : internal();
    }
    ProblemCode code = ProblemCode.ofStatus(status);
    String detail = response.getBody().getDetail();
    // Only our own code sets the property; the framework's sentences may repeat what was sent.
    boolean ours =
        response.getBody().getProperties() != null
            && response.getBody().getProperties().containsKey("code");
    return new Answer(code, ours && detail != null ? detail : sentence(code));
  }

  /** A sentence for a code that the framework or the container chose. */
  static String sentence(ProblemCode code) {
    return code == ProblemCode.NOT_FOUND
        ? "Nothing is at this path; the paths are listed at /v3/api-docs."
        : code == ProblemCode.INTERNAL
            ? internal().detail
            : code.title() + "; the API's rules are at /v3/api-docs.";
  }

  private static Answer internal() {
    return new Answer(
        ProblemCode.INTERNAL,
        "The request can be sent again; if it fails again, tell the operators its instance.");
  }
}

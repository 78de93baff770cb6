package dev.sluice.api;

import org.springframework.http.HttpStatus;

/**
 * Every refusal of the API, by its stable name. Clients branch on the name; title and detail are
 * for people and may change.
 */
public enum ProblemCode {
  /** A field, parameter or header is wrong; each is named. Sending it again never helps. */
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
  /** A withdrawal needs the header Idempotency-Key. */
  MISSING_IDEMPOTENCY_KEY(HttpStatus.BAD_REQUEST, "The header Idempotency-Key is missing"),
  /** No token, or one that isn't valid. A fresh token helps. */
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A valid token is needed"),
  /** A callback that isn't proven to be the channel's. */
  INVALID_SIGNATURE(HttpStatus.UNAUTHORIZED, "The callback is not signed as agreed"),
  /** The token doesn't allow it. */
  FORBIDDEN(HttpStatus.FORBIDDEN, "The token does not allow this"),
  /** Not there, or not the caller's. */
  NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such thing"),
  /** The path exists, the method doesn't; the header Allow tells which do. */
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not allowed here"),
  /** The caller accepts no form that the API answers in. */
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer is not available in that form"),
  /** The body came too slowly. Sending it again may help. */
  REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "The request came too slowly"),
  /** The order's first attempt is written, or it is final. */
  NOT_CANCELLABLE(HttpStatus.CONFLICT, "The withdrawal can't be cancelled any more"),
  /** The thing isn't in a state that allows this. */
  CONFLICT(HttpStatus.CONFLICT, "The current state does not allow this"),
  /** The body is larger than the API takes. */
  PAYLOAD_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
  /** The API takes UTF-8 JSON. */
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body's type is not supported"),
  /** The key was used for another request. Only a new key helps. */
  IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The key was used for another request"),
  /** No channel ever pays such an amount, currency or kind of beneficiary. */
  NOT_PAYABLE(HttpStatus.UNPROCESSABLE_CONTENT, "No channel pays this"),
  /** Available is less than amount and fee. A top-up helps. */
  INSUFFICIENT_FUNDS(HttpStatus.UNPROCESSABLE_CONTENT, "The available balance is too small"),
  /** No active account in the currency. */
  ACCOUNT_NOT_ACTIVE(HttpStatus.UNPROCESSABLE_CONTENT, "There is no active account"),
  /**
   * Nothing was done; trying again later helps. Not 503: the container closes a connection after
   * that, and clients that connect anew cost more than they are worth just then.
   */
  OVERLOADED(HttpStatus.TOO_MANY_REQUESTS, "Too much is going on right now"),
  /** Nothing was done, because a part that is needed can't be reached; trying again helps. */
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "A part of the service can't be reached"),
  /** It may have been done; the same request with the same key tells. */
  OUTCOME_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE, "The outcome is not known yet"),
  /** A defect of the service. The instance member names the request for its operators. */
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong inside");

  private final HttpStatus status;
  private final String title;

  ProblemCode(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status that it is answered with. */
  public HttpStatus status() {
    return status;
  }

  /** A short name for people. */
  public String title() {
    return title;
  }

  /** The problem's type (RFC 9457 section 3.1.1). */
  public String type() {
    return "urn:sluice:error:" + name();
  }

  /** Whether the same request may succeed a little later. */
  boolean retryHelps() {
    return status == HttpStatus.SERVICE_UNAVAILABLE || this == OVERLOADED;
  }

  /** The code for a status that the container or the framework chose. */
  static ProblemCode ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 409 -> CONFLICT;
      case 413 -> PAYLOAD_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 429 -> OVERLOADED;
      case 503 -> UNAVAILABLE;
      // Transfer codings and versions of HTTP that the container doesn't know: the request's fault.
      case 501, 505 -> INVALID_REQUEST;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL;
    };
  }
}

package dev.sluice.api;

import dev.sluice.api.Problem.BadField;
import java.util.List;

/** Ends a request with a problem. Expected, so it carries no stack trace. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProblemCode code;
  private final transient List<BadField> fields;

  /**
   * A problem.
   *
   * @param detail a sentence that a person can act on, without anything that was sent
   */
  ApiException(ProblemCode code, String detail) {
    this(code, detail, List.of());
  }

  ApiException(ProblemCode code, String detail, List<BadField> fields) {
    super(detail, null, false, false);
    this.code = code;
    this.fields = List.copyOf(fields);
  }

  /** The order, account or endpoint isn't there, or isn't the caller's: both look the same. */
  static ApiException notFound(String what) {
    return new ApiException(
        ProblemCode.NOT_FOUND, "There is no " + what + " with this id that this token may see.");
  }

  /** One field is wrong. */
  static ApiException badField(String field, String message) {
    return badFields(List.of(new BadField(field, message)));
  }

  /** Some fields are wrong. */
  static ApiException badFields(List<BadField> fields) {
    StringBuilder detail = new StringBuilder();
    for (BadField bad : fields) {
      detail.append(detail.isEmpty() ? "" : "; ").append(bad.field()).append(' ');
      detail.append(bad.message());
    }
    return new ApiException(ProblemCode.INVALID_REQUEST, detail.append('.').toString(), fields);
  }

  ProblemCode code() {
    return code;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  List<BadField> fields() {
    return fields;
  }
}

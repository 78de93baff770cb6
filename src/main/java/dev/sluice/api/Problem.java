package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as it is answered (RFC 9457), as {@code application/problem+json}.
 *
 * @param type a URN that ends in the code
 * @param title what the code means, for people
 * @param status the HTTP status again
 * @param detail what is wrong this time and what to do; never repeats what was sent
 * @param code the stable name
 * @param instance a URN that ends in the request's id, as in the header X-Request-Id
 * @param fields each bad field, for INVALID_REQUEST
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Problem", description = "An error (RFC 9457)")
record Problem(
    @Schema(example = "urn:sluice:error:INVALID_REQUEST") String type,
    String title,
    int status,
    String detail,
    ProblemCode code,
    @Schema(example = "urn:sluice:request:4bf92f3577b34da6") String instance,
    @Nullable List<BadField> fields) {

  /**
   * What is wrong with one field.
   *
   * @param field its name in the body, the query or the header
   * @param message completes a sentence that begins with the name
   */
  record BadField(
      @Schema(example = "amount") String field,
      @Schema(example = "must be greater than zero") String message) {}

  static Problem of(ProblemCode code, String detail, List<BadField> fields, String requestId) {
    return new Problem(
        code.type(),
        code.title(),
        code.status().value(),
        detail,
        code,
        "urn:sluice:request:" + requestId,
        fields.isEmpty() ? null : fields);
  }
}

package dev.sluice.channel;

/**
 * How a channel wants its callback answered.
 *
 * @param status HTTP status
 * @param contentType media type of the body
 * @param body in ASCII; never tells why a callback was refused
 */
public record CallbackReply(int status, String contentType, String body) {

  /** A plain text. */
  public static CallbackReply text(int status, String body) {
    return new CallbackReply(status, "text/plain", body);
  }

  /** A JSON document. */
  public static CallbackReply json(int status, String body) {
    return new CallbackReply(status, "application/json", body);
  }
}

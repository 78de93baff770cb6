package dev.sluice.notify;

/** What came of a registration. */
public sealed interface Registration {
  /**
   * The endpoint is there.
   *
   * @param secret {@code whsec_} and the Base64 of 32 bytes: what the receiver verifies with. It is
   *     shown this once and can't be read again
   */
  record Registered(WebhookEndpoint endpoint, String secret) implements Registration {
    @Override
    public String toString() {
      return "Registered[endpoint=" + endpoint + ", secret=***]";
    }
  }

  /**
   * Nothing was registered. The same request will be refused again, unless the reason is the number
   * of endpoints and one is deleted meanwhile.
   *
   * @param field the part of the request that is wrong: {@code url}, {@code events}, or {@code
   *     endpoints} if there are too many
   * @param reason a sentence that a person can act on
   */
  record Refused(String field, String reason) implements Registration {}
}

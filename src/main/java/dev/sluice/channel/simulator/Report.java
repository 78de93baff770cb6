package dev.sluice.channel.simulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.money.Money;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the bank says about a payment, in a reply or a callback, before a protocol puts it into its
 * own words. Plain text throughout, so that a test can have it say anything.
 *
 * @param status one of {@link Said}, or anything else that a test wants said
 * @param amount decimal, as it is to be said
 * @param account masked, as it is to be said
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Report(
    String merchantId,
    String requestNo,
    String status,
    String code,
    String message,
    @Nullable String amount,
    @Nullable String currency,
    @Nullable String account,
    @Nullable String bankReference,
    @Nullable String returnReference,
    @Nullable String returnedAmount) {

  /** Code of everything that isn't a refusal. */
  static final String OK = "OK";

  /** What a report can't be without. */
  static final Set<String> REQUIRED =
      Set.of("merchantId", "requestNo", "status", "code", "message");

  /** The statuses that the bank uses by itself. */
  enum Said {
    ACCEPTED,
    PROCESSING,
    PAID,
    REFUSED,
    RETURNED,
    NOT_FOUND
  }

  /** A report about a request number without any payment behind it. */
  static Report bare(
      String merchantId, String requestNo, Said status, String code, String message) {
    return new Report(
        merchantId, requestNo, status.name(), code, message, null, null, null, null, null, null);
  }

  /** What the bank says of a payment, bent as the payment's faults tell. */
  static Report of(String merchantId, Payment payment, Said status) {
    boolean refused = status == Said.REFUSED;
    boolean returned = status == Said.RETURNED;
    long minor = payment.amount().minor();
    if (payment.faults().contains(Fault.WRONG_AMOUNT)) {
      minor = minor + 1;
    }
    String account = payment.account();
    if (payment.faults().contains(Fault.WRONG_BENEFICIARY)) {
      account = otherAccount(account);
    }
    return new Report(
        merchantId,
        payment.key().requestNo(),
        status.name(),
        refused ? payment.refusalCode() : OK,
        refused ? "The bank will not pay this" : status.name(),
        new Money(minor, payment.amount().currency()).decimal(),
        payment.amount().currency().getCurrencyCode(),
        account,
        payment.reference(),
        returned ? payment.returnReference() : null,
        returned ? payment.lastReturned().decimal() : null);
  }

  /** The same with another status. */
  Report withStatus(String other) {
    return new Report(
        merchantId,
        requestNo,
        other,
        code,
        message,
        amount,
        currency,
        account,
        bankReference,
        returnReference,
        returnedAmount);
  }

  /** Puts what this report says into a map, by field name. */
  void addTo(Map<String, Object> fields) {
    Map<?, ?> mine = Json.MAPPER.convertValue(this, Map.class);
    mine.forEach((name, value) -> fields.put(String.valueOf(name), value));
  }

  private static String otherAccount(String account) {
    char last = account.charAt(account.length() - 1);
    char other = last == '9' ? '0' : Character.isDigit(last) ? (char) (last + 1) : '7';
    return account.substring(0, account.length() - 1) + other;
  }
}

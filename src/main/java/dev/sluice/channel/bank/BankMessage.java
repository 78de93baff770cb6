package dev.sluice.channel.bank;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reply or callback of the bank, read after its signature was verified. Fields that we don't know
 * are let be; those that we do must be text, once each.
 */
final class BankMessage {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(4_096)
                          .maxNumberLength(64)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern CODE = Pattern.compile("[A-Z0-9_]{1,64}");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,16}(\\.[0-9]{1,4})?");
  private static final Pattern ZERO = Pattern.compile("0{1,16}(\\.0{1,4})?");
  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{11,}");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");
  private static final int MAX_DETAIL_CHARS = 200;
  private static final int MAX_TEXT_CHARS = 64;

  private final JsonNode json;

  private BankMessage(JsonNode json) {
    this.json = json;
  }

  /** Reads a message, or null if it isn't one JSON object. */
  static @Nullable BankMessage read(byte[] body) {
    try {
      return MAPPER.readTree(body) instanceof ObjectNode object ? new BankMessage(object) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** Whether it is about this merchant and request number. */
  boolean isAbout(String merchantId, String requestNumber) {
    return merchantId.equals(text("merchantId")) && requestNumber.equals(text("requestNo"));
  }

  /** The code, or a stand-in for one that is missing or not fit to be shown. */
  String code() {
    String code = text("code");
    return code != null && CODE.matcher(code).matches() ? code : "ILLEGIBLE";
  }

  /** What the timeline shows: the status, and the code if it says more. */
  String label() {
    String status = text("status");
    String shown = status != null && CODE.matcher(status).matches() ? status : "ILLEGIBLE";
    return code().equals(BankCodes.OK) ? shown : shown + " " + code();
  }

  /** What it tells of the attempt. A return tells that it was paid before. */
  Outcome outcome() {
    String status = text("status");
    String code = code();
    return switch (status == null ? "" : status) {
      case "ACCEPTED", "PROCESSING" ->
          code.equals(BankCodes.OK) ? new Outcome.Accepted(reference()) : unlisted();
      case "PAID", "RETURNED" -> code.equals(BankCodes.OK) ? paid() : unlisted();
      case "REFUSED" -> refused(code);
      case "NOT_FOUND" ->
          code.equals(BankCodes.NOT_FOUND) ? new Unknown(Why.NOT_FOUND, code) : unlisted();
      default -> unlisted();
    };
  }

  /** What it tells as a callback, or null if a return lacks its amount or reference. */
  @Nullable ChannelEvent event() {
    if (!"RETURNED".equals(text("status"))) {
      return new ChannelEvent.Reported(outcome());
    }
    Money back = money("returnedAmount");
    String reference = shortText("returnReference");
    if (!code().equals(BankCodes.OK) || back == null || reference == null) {
      return null;
    }
    return new ChannelEvent.Returned(back, reference);
  }

  /** What this merchant has left in a currency, or null if it doesn't say so. */
  @Nullable Money available(String merchantId, String currency) {
    String available = text("available");
    if (available == null
        || !merchantId.equals(text("merchantId"))
        || !currency.equals(text("currency"))) {
      return null;
    }
    return ZERO.matcher(available).matches()
        ? Money.zero(Currency.getInstance(currency))
        : money("available");
  }

  private Outcome paid() {
    Money amount = money("amount");
    String account = shortText("account");
    String reference = reference();
    if (amount == null || account == null || reference == null) {
      return new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS");
    }
    String masked = account.contains("*") ? account : Masking.mask(account);
    return new Outcome.Paid(amount, masked, reference);
  }

  private Outcome refused(String code) {
    BankCodes.Fault fault = BankCodes.refusal(code);
    return fault == null
        ? unlisted()
        : new Outcome.Refused(code, detail(), fault == BankCodes.Fault.BENEFICIARY);
  }

  private Unknown unlisted() {
    return new Unknown(Why.UNLISTED_CODE, code());
  }

  /** The bank's words, without control characters and with any long number masked. */
  private String detail() {
    String message = text("message");
    String printable = NOT_PRINTABLE.matcher(message == null ? "" : message).replaceAll(" ");
    String masked =
        LONG_NUMBER.matcher(printable).replaceAll(number -> Masking.mask(number.group()));
    return masked.length() <= MAX_DETAIL_CHARS ? masked : masked.substring(0, MAX_DETAIL_CHARS);
  }

  private @Nullable String reference() {
    return shortText("bankReference");
  }

  private @Nullable Money money(String field) {
    String amount = text(field);
    String currency = text("currency");
    if (amount == null || currency == null || !AMOUNT.matcher(amount).matches()) {
      return null;
    }
    try {
      return Money.of(new BigDecimal(amount), Currency.getInstance(currency));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private @Nullable String shortText(String field) {
    String text = text(field);
    boolean fits =
        text != null
            && !text.isBlank()
            && text.length() <= MAX_TEXT_CHARS
            && !NOT_PRINTABLE.matcher(text).find();
    return fits ? text : null;
  }

  private @Nullable String text(String field) {
    JsonNode node = json.get(field);
    return node != null && node.isString() ? node.stringValue() : null;
  }
}

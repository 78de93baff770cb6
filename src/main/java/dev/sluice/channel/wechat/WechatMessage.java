package dev.sluice.channel.wechat;

import dev.sluice.channel.HandOver;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.time.Duration;
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

/** A reply, notification or decrypted resource, read after its signature was verified. */
final class WechatMessage {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(16_384)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern CODE = Pattern.compile("[A-Z0-9_]{1,64}");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");
  private static final int MAX_TEXT_CHARS = 64;
  private static final int MAX_PACKAGE_CHARS = 4_096;

  /** "Closed if the user doesn't confirm within 24 hours" (documentation of the transfer). */
  private static final Duration CONFIRMABLE = Duration.ofHours(24);

  private final JsonNode json;

  private WechatMessage(JsonNode json) {
    this.json = json;
  }

  /** Reads a message, or null if it isn't one JSON object. */
  static @Nullable WechatMessage read(byte[] raw) {
    try {
      return MAPPER.readTree(raw) instanceof ObjectNode object ? new WechatMessage(object) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** An object within this one, or null. */
  @Nullable WechatMessage part(String field) {
    return json.get(field) instanceof ObjectNode object ? new WechatMessage(object) : null;
  }

  /** A field's text, or null if it isn't there or isn't text. */
  @Nullable String text(String field) {
    JsonNode node = json.get(field);
    return node != null && node.isString() ? node.stringValue() : null;
  }

  /** An error's code, fit to be shown. */
  String code() {
    return shown("code");
  }

  /** What the timeline shows. */
  String label() {
    return text("fail_reason") == null
        ? shown("state")
        : shown("state") + " " + shown("fail_reason");
  }

  /**
   * What it tells of the transfer.
   *
   * @param inFull true for a query's reply and a notification, which always tell the amount; the
   *     reply to an instruction never does
   */
  Outcome outcome(boolean inFull) {
    return switch (String.valueOf(text("state"))) {
      // CANCELING is a cancellation accepted, not done: the user may still have confirmed.
      case "ACCEPTED", "PROCESSING", "TRANSFERING", "CANCELING" ->
          new Outcome.Accepted(shortText("transfer_bill_no"));
      case "WAIT_USER_CONFIRM" ->
          new Outcome.Accepted(shortText("transfer_bill_no"), packageInfo());
      case "SUCCESS" -> paid(inFull);
      case "FAIL" -> failed();
      case "CANCELLED" -> new Outcome.Refused("CANCELLED", "withdrawn before it was paid", false);
      default -> new Unknown(Why.UNLISTED_CODE, shown("state"));
    };
  }

  /** What an error tells: nothing of the transfer, only how to go on asking. */
  Unknown error(boolean queried) {
    String code = code();
    if (queried && code.equals(WechatCodes.NOT_FOUND)) {
      return new Unknown(Why.NOT_FOUND, code);
    }
    if (WechatCodes.SLOW_DOWN.contains(code)) {
      return new Unknown(Why.THROTTLED, code);
    }
    boolean itsOwn = code.equals(WechatCodes.SYSTEM_ERROR) || code.equals(WechatCodes.NOT_ENOUGH);
    return new Unknown(itsOwn ? Why.CHANNEL_ERROR : Why.UNLISTED_CODE, code);
  }

  /** What opens the page on which the user confirms; only the reply to an instruction has it. */
  private @Nullable HandOver packageInfo() {
    String text = fitting("package_info", MAX_PACKAGE_CHARS);
    return text == null ? null : new HandOver(text, CONFIRMABLE);
  }

  private Outcome paid(boolean inFull) {
    String reference = shortText("transfer_bill_no");
    Money amount = amount();
    String openid = shortText("openid");
    if (reference == null || (amount == null && (inFull || json.has("transfer_amount")))) {
      return new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS");
    }
    return new Outcome.Paid(amount, openid == null ? null : Masking.mask(openid), reference);
  }

  private Outcome failed() {
    String reason = shown("fail_reason");
    WechatCodes.Fault fault = WechatCodes.refusal(reason);
    return fault == null
        ? new Unknown(Why.UNLISTED_CODE, reason)
        : new Outcome.Refused(reason, "FAIL", fault == WechatCodes.Fault.BENEFICIARY);
  }

  /** What is left in an account, or null if it doesn't say so. */
  @Nullable Money available() {
    return fen("available_amount");
  }

  private @Nullable Money amount() {
    Money amount = fen("transfer_amount");
    return amount == null || amount.minor() == 0 ? null : amount;
  }

  /** In fen, a whole number. */
  private @Nullable Money fen(String field) {
    JsonNode node = json.get(field);
    if (node == null || !node.isIntegralNumber() || !node.canConvertToLong()) {
      return null;
    }
    long fen = node.longValue();
    return fen >= 0 && fen <= Money.MAX_MINOR ? Money.ofMinor(fen, "CNY") : null;
  }

  private String shown(String field) {
    String code = text(field);
    return code != null && CODE.matcher(code).matches() ? code : "ILLEGIBLE";
  }

  private @Nullable String shortText(String field) {
    return fitting(field, MAX_TEXT_CHARS);
  }

  private @Nullable String fitting(String field, int mostChars) {
    String text = text(field);
    boolean fits =
        text != null
            && !text.isBlank()
            && text.length() <= mostChars
            && !NOT_PRINTABLE.matcher(text).find();
    return fits ? text : null;
  }
}

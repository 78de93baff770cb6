package dev.sluice.channel.alipay;

import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.money.Masking;
import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.net.URI;
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

/** What a reply's node or a notification's content says, read after its signature was verified. */
final class AlipayMessage {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(8_192)
                          .maxNumberLength(64)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Echoed by Alipay: that the payee was named by the id that a query tells. */
  static final String BY_USER_ID = "ALIPAY_USER_ID";

  private static final Currency CNY = Currency.getInstance("CNY");
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,2})?");
  private static final Pattern ZERO = Pattern.compile("0{1,12}(\\.0{1,2})?");
  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{11,}");
  private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");
  private static final int MAX_DETAIL_CHARS = 200;
  private static final int MAX_TEXT_CHARS = 64;

  private final JsonNode json;

  private AlipayMessage(JsonNode json) {
    this.json = json;
  }

  /** Reads a message, or null if it isn't one JSON object. */
  static @Nullable AlipayMessage read(byte[] raw) {
    try {
      return MAPPER.readTree(raw) instanceof ObjectNode object ? new AlipayMessage(object) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The order it is about, or null: replies that an error caused often don't say. */
  @Nullable String outBizNo() {
    return text("out_biz_no");
  }

  /** The gateway's code. */
  String code() {
    return shown("code");
  }

  /** What the reply to a transfer tells. */
  Outcome transferred() {
    return switch (code()) {
      case AlipayCodes.OK -> byStatus();
      case AlipayCodes.BUSINESS_FAILED -> {
        String code = shown("sub_code");
        yield code.equals(AlipayCodes.ORDER_NOT_EXIST) ? unlisted(code) : refused(code, "sub_msg");
      }
      default -> failed();
    };
  }

  /** What the reply to a query tells: a refused query says nothing of the order. */
  Outcome queried() {
    return switch (code()) {
      case AlipayCodes.OK -> byStatus();
      case AlipayCodes.BUSINESS_FAILED -> {
        String code = shown("sub_code");
        yield code.equals(AlipayCodes.ORDER_NOT_EXIST)
            ? new Unknown(Why.NOT_FOUND, code)
            : notDefinite(code);
      }
      default -> failed();
    };
  }

  /** What a notification tells, or null if a return lacks its amount or order. */
  @Nullable ChannelEvent event() {
    if (!"REFUND".equals(text("status"))) {
      return new ChannelEvent.Reported(byStatus());
    }
    Money back = money("trans_amount");
    String order = shortText("order_id");
    // Alipay returns an order once and whole, and gives the return no number of its own.
    return back == null || order == null
        ? null
        : new ChannelEvent.Returned(back, order + "-REFUND");
  }

  /** What is left in an account, or null if it doesn't say so. */
  @Nullable Money available() {
    String amount = text("available_amount");
    if (!code().equals(AlipayCodes.OK) || amount == null) {
      return null;
    }
    return ZERO.matcher(amount).matches() ? Money.zero(CNY) : money("available_amount");
  }

  /** Where a bill can be fetched; null if the reply doesn't grant it. */
  @Nullable URI billAddress() {
    return code().equals(AlipayCodes.OK) ? AlipayBills.address(text("bill_download_url")) : null;
  }

  /** Why something was not granted. */
  String refusalCode() {
    return text("sub_code") == null ? code() : shown("sub_code");
  }

  /** What the timeline shows. */
  String label() {
    String error = text("error_code");
    return error == null ? shown("status") : shown("status") + " " + shown("error_code");
  }

  private Outcome byStatus() {
    return switch (String.valueOf(text("status"))) {
      case "DEALING", "INIT", "WAIT", "WAIT_PAY" -> new Outcome.Accepted(shortText("order_id"));
      case "SUCCESS", "REFUND" -> paid(); // what came back had been paid
      case "FAIL" -> refused(shown("error_code"), "fail_reason");
      default -> unlisted(shown("status"));
    };
  }

  private Outcome paid() {
    String reference = shortText("order_id");
    boolean saysAmount = text("trans_amount") != null;
    Money amount = money("trans_amount");
    if (reference == null || (saysAmount && amount == null)) {
      return new Unknown(Why.UNREADABLE, "PAID_WITHOUT_DETAILS");
    }
    String payee =
        BY_USER_ID.equals(text("passback_params")) ? shortText("receiver_user_id") : null;
    return new Outcome.Paid(amount, payee == null ? null : Masking.mask(payee), reference);
  }

  private Outcome refused(String code, String reasonField) {
    AlipayCodes.Fault fault = AlipayCodes.refusal(code);
    return fault == null
        ? notDefinite(code)
        : new Outcome.Refused(code, detail(reasonField), fault == AlipayCodes.Fault.BENEFICIARY);
  }

  private static Unknown notDefinite(String code) {
    if (code.equals(AlipayCodes.RESOURCE_LIMIT_EXCEED)) {
      return new Unknown(Why.THROTTLED, code);
    }
    return code.equals(AlipayCodes.SYSTEM_ERROR) || AlipayCodes.UNDER_WAY.contains(code)
        ? new Unknown(Why.CHANNEL_ERROR, code)
        : unlisted(code);
  }

  /** The gateway's own codes. */
  private Unknown failed() {
    String code = text("sub_code") == null ? code() : shown("sub_code");
    return switch (code()) {
      case AlipayCodes.UNAVAILABLE -> new Unknown(Why.CHANNEL_ERROR, code);
      case AlipayCodes.CALLS_LIMITED -> new Unknown(Why.THROTTLED, code);
      default -> unlisted(code);
    };
  }

  private static Unknown unlisted(String code) {
    return new Unknown(Why.UNLISTED_CODE, code);
  }

  /** Alipay's words, without control characters and with any long number masked. */
  private String detail(String field) {
    String message = text(field);
    String printable = NOT_PRINTABLE.matcher(message == null ? "" : message).replaceAll(" ");
    String masked =
        LONG_NUMBER.matcher(printable).replaceAll(number -> Masking.mask(number.group()));
    return masked.length() <= MAX_DETAIL_CHARS ? masked : masked.substring(0, MAX_DETAIL_CHARS);
  }

  private String shown(String field) {
    String code = text(field);
    return code != null && CODE.matcher(code).matches() ? code : "ILLEGIBLE";
  }

  private @Nullable Money money(String field) {
    String amount = text(field);
    if (amount == null || !AMOUNT.matcher(amount).matches()) {
      return null;
    }
    try {
      return Money.of(new BigDecimal(amount), CNY);
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

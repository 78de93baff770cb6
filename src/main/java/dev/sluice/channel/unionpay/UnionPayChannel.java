package dev.sluice.channel.unionpay;

import dev.sluice.channel.CallbackReply;
import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.ProviderHttp;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Pays to bank cards through UnionPay (代付, interface 5.1.0). The order id is our request number,
 * and the transaction time the moment in it, so that the number alone is enough to query.
 */
public final class UnionPayChannel implements Channel, AutoCloseable {
  static final String PAYOUT_PATH = "/gateway/api/backTransReq.do";
  static final String QUERY_PATH = "/gateway/api/queryTrans.do";

  private static final String PAYOUT = "12";
  private static final String QUERY = "00";
  private static final String BUSINESS = "000401";
  private static final String YUAN = "156";
  private static final ContentType FORM =
      ContentType.create("application/x-www-form-urlencoded", StandardCharsets.UTF_8);
  private static final DateTimeFormatter TXN_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT)
          .withZone(ZoneId.of("Asia/Shanghai"));
  private static final Pattern BREAKS_CUSTOMER_INFO = Pattern.compile("[&={}\\[\\]\\p{Cntrl}]");
  private static final Duration LONGEST_HEALTH_CHECK = Duration.ofSeconds(2);

  private final UnionPaySettings settings;
  private final UnionPaySignature signature;
  private final @Nullable AccountCipher cipher;
  private final UnionPayReading reading;
  private final ProviderHttp http;
  private final String base;

  /** A channel to UnionPay. It holds connections: close it. */
  public UnionPayChannel(UnionPaySettings settings, Clock clock) {
    this.settings = settings;
    this.signature =
        new UnionPaySignature(
            settings.key(),
            new SignerTrust(settings.root(), settings.intermediates(), settings.signerNames()),
            clock);
    this.cipher =
        settings.encryption() == null
            ? null
            : new AccountCipher(settings.encryption(), settings.key());
    this.reading = new UnionPayReading(cipher);
    this.http =
        new ProviderHttp(
            settings.name(), settings.limits().concurrentCalls(), settings.limits().callTimeout());
    this.base = settings.url().toString().replaceAll("/+$", "");
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public ChannelLimits limits() {
    return settings.limits();
  }

  /**
   * The whole signed form. With an encryption certificate two calls differ in the ciphertext, whose
   * padding is random; what was stored is what is sent.
   */
  @Override
  public byte[] prepare(PayoutInstruction instruction) {
    if (!instruction.amount().currency().getCurrencyCode().equals("CNY")
        || !instruction.beneficiaryKind().equals("CARD")) {
      throw new IllegalArgumentException("UnionPay pays yuan to bank cards");
    }
    Map<String, String> fields = common(PAYOUT, instruction.requestNumber());
    fields.put("channelType", "07");
    fields.put("accType", "01");
    fields.put("txnAmt", Long.toString(instruction.amount().minor()));
    fields.put("currencyCode", YUAN);
    fields.put("backUrl", settings.backUrl().toString());
    if (cipher == null) {
      fields.put("accNo", instruction.account());
    } else {
      fields.put("accNo", cipher.encrypt(instruction.account()));
      fields.put("encryptCertId", cipher.certificateId());
    }
    String holder = instruction.holderName();
    if (holder != null && !holder.isBlank()) {
      fields.put("customerInfo", customerInfo(holder));
    }
    return signature.sign(UnionPayMessage.of(fields)).form();
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    return call(PAYOUT_PATH, request, requestNumber, PAYOUT, reading::ofInstruction);
  }

  @Override
  public Outcome query(String requestNumber) {
    byte[] request = signature.sign(UnionPayMessage.of(common(QUERY, requestNumber))).form();
    return call(QUERY_PATH, request, requestNumber, QUERY, reading::ofQuery);
  }

  /**
   * The signature covers the fields as the form carries them, so the form is taken apart first; it
   * has just one reading, or it is refused.
   */
  @Override
  public CallbackVerdict verify(RawCallback callback) {
    UnionPayMessage message = UnionPayMessage.readForm(callback.body());
    if (message == null) {
      return new CallbackVerdict.Rejected("not in the protocol's form");
    }
    String flaw = signature.flaw(message);
    if (flaw != null) {
      return new CallbackVerdict.Rejected(flaw.toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    String requestNumber = message.get("orderId");
    if (requestNumber == null || !isAbout(message, requestNumber, PAYOUT)) {
      return new CallbackVerdict.Rejected("for another merchant, transaction or request number");
    }
    return new CallbackVerdict.Verified(
        requestNumber,
        new ChannelEvent.Reported(reading.ofNotification(message)),
        UnionPayReading.code(message, "respCode"));
  }

  /** UnionPay looks at the status alone, and sends again after any but 200. */
  @Override
  public CallbackReply reply(boolean received) {
    return received ? CallbackReply.text(200, "ok") : CallbackReply.text(401, "rejected");
  }

  @Override
  public boolean reachable() {
    Duration whole = settings.limits().callTimeout();
    Duration within = whole.compareTo(LONGEST_HEALTH_CHECK) < 0 ? whole : LONGEST_HEALTH_CHECK;
    // Any answer will do: there is nothing to ask for without a transaction.
    return switch (http.send(new HttpGet(base + QUERY_PATH), within)) {
      case ProviderHttp.Reply reply -> reply.status() < 500;
      case ProviderHttp.Failed ignored -> false;
    };
  }

  @Override
  public void close() {
    http.close();
  }

  private Outcome call(
      String path,
      byte[] request,
      String requestNumber,
      String transaction,
      Function<UnionPayMessage, Outcome> read) {
    HttpPost post = new HttpPost(base + path);
    post.setEntity(new ByteArrayEntity(request, FORM));
    return switch (http.send(post)) {
      case ProviderHttp.Failed failed -> failed.outcome();
      case ProviderHttp.Reply reply -> outcome(reply, requestNumber, transaction, read);
    };
  }

  private Outcome outcome(
      ProviderHttp.Reply reply,
      String requestNumber,
      String transaction,
      Function<UnionPayMessage, Outcome> read) {
    if (reply.status() == 429) {
      return new Unknown(Why.THROTTLED, "HTTP_429");
    }
    if (reply.status() != 200) {
      return new Unknown(Why.CHANNEL_ERROR, "HTTP_" + reply.status());
    }
    if (isPage(reply.body())) {
      return new Unknown(Why.UNREADABLE, "HTTP_200_PAGE");
    }
    UnionPayMessage message = UnionPayMessage.readReply(reply.body());
    String flaw = message == null ? "NOT_A_MESSAGE" : signature.flaw(message);
    if (message == null || flaw != null) {
      return new Unknown(Why.UNVERIFIED, String.valueOf(flaw));
    }
    return isAbout(message, requestNumber, transaction)
        ? read.apply(message)
        : new Unknown(Why.UNVERIFIED, "OTHER_REQUEST");
  }

  private boolean isAbout(UnionPayMessage message, String requestNumber, String transaction) {
    try {
      return message.says("merId", settings.merchantId())
          && message.says("orderId", requestNumber)
          && message.says("txnTime", txnTime(requestNumber))
          && message.says("txnType", transaction)
          && message.says("bizType", BUSINESS);
    } catch (IllegalArgumentException e) {
      return false; // an order id that no request number of ours looks like
    }
  }

  private Map<String, String> common(String transaction, String requestNumber) {
    Map<String, String> fields = new HashMap<>();
    fields.put("version", UnionPaySignature.VERSION);
    fields.put("encoding", "UTF-8");
    fields.put("signMethod", UnionPaySignature.METHOD_RSA);
    fields.put("certId", settings.certificate().getSerialNumber().toString());
    fields.put("txnType", transaction);
    fields.put("txnSubType", "00");
    fields.put("bizType", BUSINESS);
    fields.put("accessType", "0");
    fields.put("merId", settings.merchantId());
    fields.put("orderId", requestNumber);
    fields.put("txnTime", txnTime(requestNumber));
    return fields;
  }

  /** The time in the request number, which is a UUID of version 7 (RFC 9562 section 5.7). */
  static String txnTime(String requestNumber) {
    long millis = Ids.fromRequestNumber(requestNumber).getMostSignificantBits() >>> 16;
    return TXN_TIME.format(Instant.ofEpochMilli(millis));
  }

  /** The holder's name, which UnionPay compares; what would break the group's form is a blank. */
  private static String customerInfo(String holder) {
    String name = BREAKS_CUSTOMER_INFO.matcher(holder).replaceAll(" ").strip();
    return Base64.getEncoder()
        .encodeToString(("{customerNm=" + name + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isPage(byte[] body) {
    return new String(body, StandardCharsets.UTF_8).stripLeading().startsWith("<");
  }
}

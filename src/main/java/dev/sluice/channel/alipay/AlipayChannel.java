package dev.sluice.channel.alipay;

import dev.sluice.channel.BillDownload;
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
import dev.sluice.money.Money;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Pays out through Alipay: {@code alipay.fund.trans.uni.transfer}, asks with {@code
 * alipay.fund.trans.common.query}, and reads the message {@code alipay.fund.trans.order.changed}.
 *
 * <p>What is stored and sent again is the business request: application, method, version and the
 * bytes of {@code biz_content}. The time and the signature around it are made for each sending,
 * since a gateway may refuse an old time and a key may have been changed; Alipay knows the order by
 * {@code out_biz_no}, and refuses other contents under the same number.
 */
public final class AlipayChannel implements Channel, BillDownload, AutoCloseable {
  static final String TRANSFER = "alipay.fund.trans.uni.transfer";
  static final String QUERY = "alipay.fund.trans.common.query";
  static final String FUNDS = "alipay.fund.account.query";
  static final String CHANGED = "alipay.fund.trans.order.changed";

  private static final ZoneId ALIPAYS_ZONE = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,15}");
  private static final String BIZ_CONTENT = "biz_content";
  private static final Duration LONGEST_HEALTH_CHECK = Duration.ofSeconds(2);
  private static final ContentType FORM =
      ContentType.APPLICATION_FORM_URLENCODED.withCharset(StandardCharsets.UTF_8);

  private final AlipaySettings settings;
  private final AlipaySignature signature;
  private final AlipayOrder order;
  private final Clock clock;
  private final ProviderHttp http;

  /** A channel to one application at Alipay. It holds connections: close it. */
  public AlipayChannel(AlipaySettings settings, Clock clock) {
    this.settings = settings;
    this.signature = new AlipaySignature(settings.keys());
    this.order = new AlipayOrder(settings);
    this.clock = clock;
    this.http =
        new ProviderHttp(
            settings.name(), settings.limits().concurrentCalls(), settings.limits().callTimeout());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public ChannelLimits limits() {
    return settings.limits();
  }

  @Override
  public byte[] prepare(PayoutInstruction instruction) {
    requireRequestNumber(instruction.requestNumber());
    return AlipayForm.encode(request(TRANSFER, order.transfer(instruction)))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    requireRequestNumber(requestNumber);
    Map<String, String> stored = AlipayForm.decode(request, StandardCharsets.UTF_8);
    if (stored == null || !TRANSFER.equals(stored.get("method"))) {
      throw new IllegalArgumentException("not a request that this channel prepared");
    }
    return call(requestNumber, stored, settings.limits().callTimeout());
  }

  /**
   * Alipay finds an order by number, product and scene, and a number alone doesn't tell whether it
   * went to an account or a card: so where the channel pays both, it asks for both, and only "no
   * such order" twice is one.
   */
  @Override
  public Outcome query(String requestNumber) {
    requireRequestNumber(requestNumber);
    Duration whole = settings.limits().callTimeout();
    long start = System.nanoTime();
    Outcome last = new Unknown(Why.NOT_FOUND, AlipayCodes.ORDER_NOT_EXIST);
    for (AlipayOrder.Product product : order.products()) {
      Duration left = whole.minusNanos(System.nanoTime() - start);
      if (!left.isPositive()) {
        return new Unknown(Why.TIMEOUT, "NO_TIME_FOR_SECOND_QUERY");
      }
      last = call(requestNumber, request(QUERY, order.query(requestNumber, product)), left);
      if (!(last instanceof Unknown unknown && unknown.why() == Why.NOT_FOUND)) {
        return last;
      }
    }
    return last;
  }

  @Override
  public CallbackVerdict verify(RawCallback callback) {
    Charset charset = AlipayForm.charset(new String(callback.body(), StandardCharsets.ISO_8859_1));
    Map<String, String> parameters =
        charset == null ? null : AlipayForm.decode(callback.body(), charset);
    if (charset == null || parameters == null) {
      return new CallbackVerdict.Rejected("not a notification's form");
    }
    if (!signature.isAlipays(parameters, charset)) {
      return new CallbackVerdict.Rejected("bad signature");
    }
    String flaw = flaw(parameters);
    if (flaw != null) {
      return new CallbackVerdict.Rejected(flaw);
    }
    String content = Objects.requireNonNullElse(parameters.get(BIZ_CONTENT), "");
    AlipayMessage message = AlipayMessage.read(content.getBytes(StandardCharsets.UTF_8));
    String requestNumber = message == null ? null : message.outBizNo();
    if (message == null
        || requestNumber == null
        || !REQUEST_NUMBER.matcher(requestNumber).matches()) {
      return new CallbackVerdict.Rejected("signed, but not in the protocol's form");
    }
    ChannelEvent event = message.event();
    return event == null
        ? new CallbackVerdict.Rejected("a return without its amount or order")
        : new CallbackVerdict.Verified(requestNumber, event, message.label());
  }

  /** Alipay sends a message again until it reads {@code success}. */
  @Override
  public CallbackReply reply(boolean received) {
    return received ? CallbackReply.text(200, "success") : CallbackReply.text(401, "fail");
  }

  @Override
  public boolean reachable() {
    Duration whole = settings.limits().callTimeout();
    Duration within = whole.compareTo(LONGEST_HEALTH_CHECK) < 0 ? whole : LONGEST_HEALTH_CHECK;
    return switch (http.send(new HttpGet(settings.gateway()), within)) {
      case ProviderHttp.Reply reply -> reply.status() < 500;
      case ProviderHttp.Failed ignored -> false;
    };
  }

  /** What is in our own account with Alipay, if we were told its user id. */
  @Override
  public Optional<Money> funds(String currency) {
    String userId = settings.userId();
    if (userId == null || !currency.equals("CNY")) {
      return Optional.empty();
    }
    Duration within = settings.limits().callTimeout();
    if (!(http.send(signed(request(FUNDS, AlipayOrder.funds(userId))), within)
            instanceof ProviderHttp.Reply reply)
        || reply.status() != 200) {
      return Optional.empty();
    }
    AlipayEnvelope envelope = AlipayEnvelope.read(reply.body(), FUNDS);
    AlipayMessage message =
        envelope == null || flaw(envelope) != null ? null : AlipayMessage.read(envelope.node());
    return Optional.ofNullable(message == null ? null : message.available());
  }

  @Override
  public void close() {
    http.close();
  }

  @Override
  public String toString() {
    return "AlipayChannel[%s, %s]".formatted(settings.name(), settings.appId());
  }

  /** What is the same each time a request is sent. */
  private Map<String, String> request(String method, String bizContent) {
    Map<String, String> request = new TreeMap<>();
    request.put("app_id", settings.appId());
    request.put("method", method);
    request.put("format", "JSON");
    request.put("charset", "utf-8");
    request.put(AlipaySignature.SIGN_TYPE, AlipaySignature.RSA2);
    request.put("version", "1.0");
    request.put(BIZ_CONTENT, bizContent);
    return request;
  }

  private Outcome call(String requestNumber, Map<String, String> request, Duration within) {
    String method = String.valueOf(request.get("method"));
    return switch (http.send(signed(request), within)) {
      case ProviderHttp.Failed failed -> failed.outcome();
      case ProviderHttp.Reply reply -> outcome(requestNumber, method, reply);
    };
  }

  @Override
  public Bill bill(LocalDate day, @Nullable String kind, Path into, long maxBytes) {
    return new AlipayBills(settings, signature, http)
        .bill(content -> signed(request(AlipayBills.METHOD, content)), day, kind, into, maxBytes);
  }

  /** Signed at this moment. */
  private HttpPost signed(Map<String, String> request) {
    Map<String, String> sent = new TreeMap<>(request);
    sent.put("timestamp", TIME.format(clock.instant().atZone(ALIPAYS_ZONE)));
    AlipayKeys.CertificateSerials certificates = settings.keys().certificates();
    if (certificates != null) {
      sent.put("app_cert_sn", certificates.app());
      sent.put("alipay_root_cert_sn", certificates.root());
    }
    sent.put(AlipaySignature.SIGN, signature.sign(sent));
    // The charset must be read before the body: all but the content goes into the address.
    String content = Objects.requireNonNullElse(sent.remove(BIZ_CONTENT), "");
    HttpPost post = new HttpPost(settings.gateway() + "?" + AlipayForm.encode(sent));
    post.setEntity(
        new ByteArrayEntity(
            AlipayForm.encode(Map.of(BIZ_CONTENT, content)).getBytes(StandardCharsets.US_ASCII),
            FORM));
    return post;
  }

  private Outcome outcome(String requestNumber, String method, ProviderHttp.Reply reply) {
    int status = reply.status();
    if (status >= 500) {
      return new Unknown(Why.CHANNEL_ERROR, "HTTP_" + status);
    }
    if (status == 429) {
      return new Unknown(Why.THROTTLED, "HTTP_429");
    }
    if (status != 200 || AlipayEnvelope.isPage(reply.body())) {
      return new Unknown(Why.UNREADABLE, "HTTP_" + status + "_NOT_JSON");
    }
    AlipayEnvelope envelope = AlipayEnvelope.read(reply.body(), method);
    if (envelope == null) {
      return new Unknown(Why.UNVERIFIED, "NO_SUCH_NODE");
    }
    String flaw = flaw(envelope);
    if (flaw != null) {
      return new Unknown(Why.UNVERIFIED, flaw);
    }
    AlipayMessage message = AlipayMessage.read(envelope.node());
    if (message == null) {
      return new Unknown(Why.UNREADABLE, "NOT_JSON");
    }
    String about = message.outBizNo();
    boolean mustSay = message.code().equals(AlipayCodes.OK);
    if (about == null ? mustSay : !about.equals(requestNumber)) {
      return new Unknown(Why.UNVERIFIED, "OTHER_REQUEST");
    }
    return method.equals(TRANSFER) ? message.transferred() : message.queried();
  }

  /** Why a reply isn't Alipay's, or null if it is. */
  private @Nullable String flaw(AlipayEnvelope envelope) {
    AlipayKeys.CertificateSerials certificates = settings.keys().certificates();
    if (certificates != null && !certificates.alipay().equals(envelope.certificateSerial())) {
      return "OTHER_CERTIFICATE";
    }
    if (signature.isAlipays(envelope.node(), envelope.sign())) {
      return null;
    }
    return envelope.sign() == null ? "UNSIGNED" : "BAD_SIGNATURE";
  }

  /** Why a signed notification isn't for us or not for now, or null. */
  private @Nullable String flaw(Map<String, String> parameters) {
    if (!settings.appId().equals(parameters.get("app_id"))) {
      return "for another application";
    }
    if (!CHANGED.equals(parameters.get("msg_method"))) {
      return "about something else than a transfer";
    }
    String time = parameters.get("utc_timestamp");
    if (time == null || !MILLISECONDS.matcher(time).matches()) {
      return "without a time";
    }
    Duration apart =
        Duration.between(Instant.ofEpochMilli(Long.parseLong(time)), clock.instant()).abs();
    return apart.compareTo(settings.clockSkew()) > 0 ? "stale" : null;
  }

  private static void requireRequestNumber(String requestNumber) {
    if (!REQUEST_NUMBER.matcher(requestNumber).matches()) {
      throw new IllegalArgumentException("not a request number");
    }
  }
}

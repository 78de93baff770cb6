package dev.sluice.channel.wechat;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Pays out through WeChat Pay's merchant transfer, API v3: {@code POST
 * /v3/fund-app/mch-transfer/transfer-bills}, queries by our number, cancels, and reads the
 * notification {@code MCHTRANSFER.BILL.FINISHED}.
 */
public final class WechatChannel implements Channel, BillDownload, AutoCloseable {
  private static final String BILLS = "/v3/fund-app/mch-transfer/transfer-bills";
  private static final String BY_OUR_NUMBER = BILLS + "/out-bill-no/";
  private static final String BALANCE = "/v3/merchant/fund/balance/";
  private static final String FINISHED = "MCHTRANSFER.BILL.FINISHED";
  private static final String AES_GCM = "AEAD_AES_256_GCM";
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9]{1,32}");
  private static final Duration LONGEST_HEALTH_CHECK = Duration.ofSeconds(2);

  private final WechatSettings settings;
  private final WechatSignature signature;
  private final ProviderHttp http;
  private final String base;
  private final String basePath;

  /** A channel for one merchant. It holds connections: close it. */
  public WechatChannel(WechatSettings settings, Clock clock) {
    this.settings = settings;
    this.signature = new WechatSignature(settings, clock);
    this.http =
        new ProviderHttp(
            settings.name(), settings.limits().concurrentCalls(), settings.limits().callTimeout());
    this.base = settings.url().toString().replaceAll("/+$", "");
    this.basePath = String.valueOf(settings.url().getRawPath()).replaceAll("/+$", "");
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
    return WechatRequest.of(instruction, settings).stored();
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    requireRequestNumber(requestNumber);
    WechatRequest stored = WechatRequest.read(request);
    HttpPost post = new HttpPost(base + BILLS);
    post.setEntity(new ByteArrayEntity(stored.body(), ContentType.APPLICATION_JSON));
    return call(requestNumber, Call.INSTRUCT, post, BILLS, stored.body(), stored.serial());
  }

  @Override
  public Outcome query(String requestNumber) {
    requireRequestNumber(requestNumber);
    String path = BY_OUR_NUMBER + requestNumber;
    return call(requestNumber, Call.QUERY, new HttpGet(base + path), path, new byte[0], null);
  }

  /**
   * Asks WeChat Pay to withdraw a transfer that the user hasn't confirmed. Accepted means that it
   * is being withdrawn, not that it is: the funds stay held until a query or notification says
   * CANCELLED.
   */
  public Outcome cancel(String requestNumber) {
    requireRequestNumber(requestNumber);
    String path = BY_OUR_NUMBER + requestNumber + "/cancel";
    HttpPost post = new HttpPost(base + path);
    post.setEntity(new ByteArrayEntity(new byte[0], ContentType.APPLICATION_JSON));
    return call(requestNumber, Call.CANCEL, post, path, new byte[0], null);
  }

  @Override
  public CallbackVerdict verify(RawCallback callback) {
    String flaw =
        signature.flaw(
            callback.header(WechatSignature.TIMESTAMP),
            callback.header(WechatSignature.NONCE),
            callback.header(WechatSignature.SIGNATURE),
            callback.header(WechatSignature.SERIAL),
            callback.body());
    if (flaw != null) {
      return new CallbackVerdict.Rejected(flaw.toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    WechatMessage notification = WechatMessage.read(callback.body());
    if (notification == null || !FINISHED.equals(notification.text("event_type"))) {
      return new CallbackVerdict.Rejected("signed, but not about a finished transfer");
    }
    WechatMessage resource = notification.part("resource");
    byte[] plain = resource == null ? null : decrypt(resource);
    WechatMessage bill = plain == null ? null : WechatMessage.read(plain);
    if (bill == null) {
      return new CallbackVerdict.Rejected("its resource isn't encrypted with our APIv3 key");
    }
    String requestNumber = bill.text("out_bill_no");
    if (requestNumber == null
        || !REQUEST_NUMBER.matcher(requestNumber).matches()
        || !isOurs(bill)) {
      return new CallbackVerdict.Rejected("for another merchant, or without a request number");
    }
    return new CallbackVerdict.Verified(
        requestNumber, new ChannelEvent.Reported(bill.outcome(true)), bill.label());
  }

  /** WeChat Pay sends a notification again unless it reads 200 or 204. */
  @Override
  public CallbackReply reply(boolean received) {
    return received
        ? CallbackReply.json(200, "{\"code\":\"SUCCESS\",\"message\":\"OK\"}")
        : CallbackReply.json(401, "{\"code\":\"FAIL\",\"message\":\"NOT VERIFIED\"}");
  }

  /** An unsigned question gets an error, but from a service that is there. */
  @Override
  public boolean reachable() {
    Duration whole = settings.limits().callTimeout();
    Duration within = whole.compareTo(LONGEST_HEALTH_CHECK) < 0 ? whole : LONGEST_HEALTH_CHECK;
    return switch (http.send(new HttpGet(base + BILLS), within)) {
      case ProviderHttp.Reply reply -> reply.status() < 500;
      case ProviderHttp.Failed ignored -> false;
    };
  }

  /** What is in the account that transfers are paid from, if we were told which it is. */
  @Override
  public Optional<Money> funds(String currency) {
    String account = settings.fundsAccount();
    if (account == null || !currency.equals("CNY")) {
      return Optional.empty();
    }
    String path = BALANCE + account;
    HttpGet get = new HttpGet(base + path);
    get.setHeader("Accept", "application/json");
    get.setHeader("Authorization", signature.authorization("GET", basePath + path, new byte[0]));
    get.setHeader(WechatSignature.SERIAL, settings.keys().encryptWith());
    if (!(http.send(get) instanceof ProviderHttp.Reply reply)
        || reply.status() != 200
        || flaw(reply) != null) {
      return Optional.empty();
    }
    WechatMessage message = WechatMessage.read(reply.body());
    return Optional.ofNullable(message == null ? null : message.available());
  }

  @Override
  public Bill bill(LocalDate day, @Nullable String kind, Path into, long maxBytes)
      throws IOException {
    return new WechatBills(settings, signature, http).bill(day, kind, into, maxBytes);
  }

  @Override
  public void close() {
    http.close();
  }

  @Override
  public String toString() {
    return "WechatChannel[%s, %s]".formatted(settings.name(), settings.mchId());
  }

  private Outcome call(
      String requestNumber,
      Call call,
      HttpUriRequestBase request,
      String path,
      byte[] body,
      @Nullable String serial) {
    request.setHeader("Accept", "application/json");
    request.setHeader(
        "Authorization", signature.authorization(request.getMethod(), basePath + path, body));
    request.setHeader(
        WechatSignature.SERIAL, Objects.requireNonNullElse(serial, settings.keys().encryptWith()));
    return switch (http.send(request)) {
      case ProviderHttp.Failed failed -> failed.outcome();
      case ProviderHttp.Reply reply -> outcome(requestNumber, call, reply);
    };
  }

  private Outcome outcome(String requestNumber, Call call, ProviderHttp.Reply reply) {
    int status = reply.status();
    if (status >= 500) {
      return new Unknown(Why.CHANNEL_ERROR, "HTTP_" + status);
    }
    if (status == 429) {
      return new Unknown(Why.THROTTLED, "HTTP_429");
    }
    String flaw = flaw(reply);
    if (flaw != null) {
      return flaw.equals("UNSIGNED") && isPage(reply.body())
          ? new Unknown(Why.UNREADABLE, "HTTP_" + status + "_NOT_JSON")
          : new Unknown(Why.UNVERIFIED, status == 200 ? flaw : "HTTP_" + status + "_" + flaw);
    }
    WechatMessage message = WechatMessage.read(reply.body());
    if (message == null) {
      return new Unknown(Why.UNREADABLE, "NOT_JSON");
    }
    if (status != 200) {
      Unknown error = message.error(call == Call.QUERY);
      return error.why() == Why.NOT_FOUND && status != 404
          ? new Unknown(Why.UNLISTED_CODE, "HTTP_" + status + "_NOT_FOUND")
          : error;
    }
    boolean about = requestNumber.equals(message.text("out_bill_no"));
    boolean queried = call == Call.QUERY;
    if (!about || (queried && !isOurs(message))) {
      return new Unknown(Why.UNVERIFIED, "OTHER_REQUEST");
    }
    return message.outcome(queried);
  }

  /** Why a reply isn't WeChat Pay's, or null if it is. */
  private @Nullable String flaw(ProviderHttp.Reply reply) {
    return signature.flaw(
        reply.header(WechatSignature.TIMESTAMP),
        reply.header(WechatSignature.NONCE),
        reply.header(WechatSignature.SIGNATURE),
        reply.header(WechatSignature.SERIAL),
        reply.body());
  }

  /** Whether a bill names us; its older spelling is {@code mchid}. */
  private boolean isOurs(WechatMessage bill) {
    String mchId = bill.text("mch_id") == null ? bill.text("mchid") : bill.text("mch_id");
    String appId = bill.text("appid");
    return settings.mchId().equals(mchId) && (appId == null || settings.appId().equals(appId));
  }

  private byte @Nullable [] decrypt(WechatMessage resource) {
    String nonce = resource.text("nonce");
    String ciphertext = resource.text("ciphertext");
    if (!AES_GCM.equals(resource.text("algorithm")) || nonce == null || ciphertext == null) {
      return null;
    }
    String associatedData = Objects.requireNonNullElse(resource.text("associated_data"), "");
    return WechatCipher.decrypt(settings.keys().apiV3Key(), associatedData, nonce, ciphertext);
  }

  private static boolean isPage(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1).stripLeading().startsWith("<");
  }

  private static void requireRequestNumber(String requestNumber) {
    if (!REQUEST_NUMBER.matcher(requestNumber).matches()) {
      throw new IllegalArgumentException("not a request number");
    }
  }

  private enum Call {
    INSTRUCT,
    QUERY,
    CANCEL
  }
}

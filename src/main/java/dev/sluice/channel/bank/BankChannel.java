package dev.sluice.channel.bank;

import dev.sluice.channel.CallbackVerdict;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelEvent;
import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.Outcome;
import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.channel.PayoutInstruction;
import dev.sluice.channel.RawCallback;
import dev.sluice.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Pays out through a bank that speaks the simulated bank's protocol. */
public final class BankChannel implements Channel, AutoCloseable {
  private static final String PAYOUTS = "/payouts";
  private static final String BALANCE = "balance/";
  private static final Pattern REQUEST_NUMBER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Duration LONGEST_HEALTH_CHECK = Duration.ofSeconds(2);

  private final BankSettings settings;
  private final BankSignature signature;
  private final BankHttp http;
  private final String base;
  private final String basePath;

  /** A channel to one bank. It holds connections: close it. */
  public BankChannel(BankSettings settings, Clock clock) {
    this.settings = settings;
    this.signature = new BankSignature(settings, clock);
    this.http =
        new BankHttp(
            settings.limits().concurrentCalls(),
            settings.limits().callTimeout(),
            "https".equalsIgnoreCase(settings.url().getScheme()));
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

  /** Fields in a fixed order, and nothing that changes between two calls. */
  @Override
  public byte[] prepare(PayoutInstruction instruction) {
    requireRequestNumber(instruction.requestNumber());
    ObjectNode json = BankMessage.MAPPER.createObjectNode();
    json.put("merchantId", settings.merchantId());
    json.put("requestNo", instruction.requestNumber());
    json.put("amount", instruction.amount().decimal());
    json.put("currency", instruction.amount().currency().getCurrencyCode());
    json.put("account", instruction.account());
    putIfKnown(json, "holderName", instruction.holderName());
    putIfKnown(json, "bank", instruction.bank());
    putIfKnown(json, "note", instruction.note());
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outcome instruct(String requestNumber, byte[] request) {
    requireRequestNumber(requestNumber);
    HttpPost post = new HttpPost(base + PAYOUTS);
    post.setEntity(new ByteArrayEntity(request, ContentType.APPLICATION_JSON));
    sign(post, "POST " + basePath + PAYOUTS, request);
    return outcome(requestNumber, http.send(post));
  }

  @Override
  public Outcome query(String requestNumber) {
    requireRequestNumber(requestNumber);
    HttpGet get = new HttpGet(base + PAYOUTS + "/" + requestNumber);
    sign(get, "GET " + basePath + PAYOUTS + "/" + requestNumber, new byte[0]);
    return outcome(requestNumber, http.send(get));
  }

  /**
   * The request number that a callback claims stands in a header, under the signature: so the raw
   * bytes are verified before anything is parsed, and the body must then claim the same.
   */
  @Override
  public CallbackVerdict verify(RawCallback callback) {
    String requestNumber = callback.header(BankSignature.REQUEST_NO);
    if (requestNumber == null || !REQUEST_NUMBER.matcher(requestNumber).matches()) {
      return new CallbackVerdict.Rejected("no request number");
    }
    String flaw =
        signature.flaw(
            callback.header(BankSignature.TIMESTAMP),
            callback.header(BankSignature.SIGNATURE),
            requestNumber,
            callback.body());
    if (flaw != null) {
      return new CallbackVerdict.Rejected(flaw.toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    BankMessage message = BankMessage.read(callback.body());
    if (message == null) {
      return new CallbackVerdict.Rejected("signed, but not in the protocol's form");
    }
    if (!message.isAbout(settings.merchantId(), requestNumber)) {
      return new CallbackVerdict.Rejected("for another merchant or request number");
    }
    ChannelEvent event = message.event();
    return event == null
        ? new CallbackVerdict.Rejected("a return without its amount or reference")
        : new CallbackVerdict.Verified(requestNumber, event, message.label());
  }

  @Override
  public boolean reachable() {
    Duration whole = settings.limits().callTimeout();
    Duration within = whole.compareTo(LONGEST_HEALTH_CHECK) < 0 ? whole : LONGEST_HEALTH_CHECK;
    return switch (http.send(new HttpGet(base + "/health"), within)) {
      case BankHttp.Reply reply -> reply.status() < 500;
      case BankHttp.Failed ignored -> false;
    };
  }

  /** A signed {@code GET /balance/<currency>}; its signature's subject is its last two words. */
  @Override
  public Optional<Money> funds(String currency) {
    String subject = BALANCE + currency;
    HttpGet get = new HttpGet(base + "/" + subject);
    sign(get, "GET " + basePath + "/" + subject, new byte[0]);
    if (!(http.send(get) instanceof BankHttp.Reply reply)
        || reply.status() != 200
        || signature.flaw(reply.timestamp(), reply.signature(), subject, reply.body()) != null) {
      return Optional.empty();
    }
    BankMessage message = BankMessage.read(reply.body());
    return Optional.ofNullable(
        message == null ? null : message.available(settings.merchantId(), currency));
  }

  @Override
  public void close() {
    http.close();
  }

  private Outcome outcome(String requestNumber, BankHttp.Result result) {
    return switch (result) {
      case BankHttp.Failed failed -> failed.outcome();
      case BankHttp.Reply reply -> outcome(requestNumber, reply);
    };
  }

  private Outcome outcome(String requestNumber, BankHttp.Reply reply) {
    int status = reply.status();
    if (status >= 500) {
      return new Unknown(Why.CHANNEL_ERROR, "HTTP_" + status);
    }
    if (status == 429) {
      return new Unknown(Why.THROTTLED, "HTTP_429");
    }
    String flaw = signature.flaw(reply.timestamp(), reply.signature(), requestNumber, reply.body());
    if (flaw != null) {
      // A page from some proxy is named as such: it sends people to look in the right place.
      return flaw.equals("UNSIGNED") && !isJson(reply.contentType())
          ? new Unknown(Why.UNREADABLE, "HTTP_" + status + "_NOT_JSON")
          : new Unknown(Why.UNVERIFIED, status == 200 ? flaw : "HTTP_" + status + "_" + flaw);
    }
    BankMessage message = BankMessage.read(reply.body());
    if (message == null) {
      return new Unknown(Why.UNREADABLE, "NOT_JSON");
    }
    if (!message.isAbout(settings.merchantId(), requestNumber)) {
      return new Unknown(Why.UNVERIFIED, "OTHER_REQUEST");
    }
    Outcome outcome = message.outcome();
    boolean notFound = outcome instanceof Unknown unknown && unknown.why() == Why.NOT_FOUND;
    if (notFound ? status == 404 : status == 200) {
      return outcome;
    }
    return new Unknown(Why.UNLISTED_CODE, "HTTP_" + status + "_" + message.code());
  }

  private void sign(HttpUriRequestBase request, String subject, byte[] body) {
    String timestamp = signature.timestamp();
    request.setHeader(BankSignature.TIMESTAMP, timestamp);
    request.setHeader(BankSignature.SIGNATURE, signature.sign(timestamp, subject, body));
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.toLowerCase(Locale.ROOT).startsWith("application/json");
  }

  private static void putIfKnown(ObjectNode json, String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  private static void requireRequestNumber(String requestNumber) {
    if (!REQUEST_NUMBER.matcher(requestNumber).matches()) {
      throw new IllegalArgumentException("not a request number");
    }
  }
}

package dev.sluice.channel.example;

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
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Currency;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that a channel needs, for a provider that speaks JSON and signs with HMAC. */
final class ExampleChannel implements Channel, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What the provider's documentation lists as final; whether the beneficiary is at fault. */
  private static final Map<String, Boolean> REFUSALS =
      Map.of("BANK_LIMIT", false, "INSUFFICIENT_BANK_FUNDS", false, "ACCOUNT_CLOSED", true);

  record Settings(URI url, String merchant, String ours, String theirs, ChannelLimits limits) {}

  private final Settings settings;
  private final Clock clock;
  private final ProviderHttp http;

  ExampleChannel(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.http = new ProviderHttp(name(), limits().concurrentCalls(), limits().callTimeout());
  }

  @Override
  public String name() {
    return "example";
  }

  @Override
  public ChannelLimits limits() {
    return settings.limits();
  }

  @Override
  public byte[] prepare(PayoutInstruction of) { // the same bytes each time: they are stored
    var json = JSON.createObjectNode().put("merchantId", settings.merchant());
    json.put("requestNo", of.requestNumber()).put("amount", of.amount().decimal());
    json.put("currency", of.amount().currency().getCurrencyCode()).put("account", of.account());
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outcome instruct(String number, byte[] request) {
    HttpPost post = new HttpPost(settings.url().resolve("/payouts"));
    post.setEntity(new ByteArrayEntity(request, ContentType.APPLICATION_JSON));
    return outcome(number, send(post, "POST /payouts", request));
  }

  @Override
  public Outcome query(String number) {
    HttpGet get = new HttpGet(settings.url().resolve("/payouts/" + number));
    return outcome(number, send(get, "GET /payouts/" + number, new byte[0]));
  }

  @Override
  public CallbackVerdict verify(RawCallback callback) {
    String number = String.valueOf(callback.header("X-Bank-Request-No"));
    String time = callback.header("X-Bank-Timestamp");
    if (!isTheirs(time, callback.header("X-Bank-Signature"), number, callback.body())) {
      return new CallbackVerdict.Rejected("not signed by the provider, or stale");
    }
    JsonNode json = about(number, callback.body());
    return json == null
        ? new CallbackVerdict.Rejected("about something else")
        : new CallbackVerdict.Verified(number, event(json), json.path("status").asString());
  }

  @Override
  public boolean reachable() {
    return http.send(new HttpGet(settings.url().resolve("/health"))) instanceof ProviderHttp.Reply;
  }

  @Override
  public Optional<Money> funds(String currency) { // leave it out if the provider doesn't tell
    String subject = "balance/" + currency;
    HttpGet get = new HttpGet(settings.url().resolve("/" + subject));
    return send(get, "GET /" + subject, new byte[0]) instanceof ProviderHttp.Reply reply
            && isTheirs(reply, subject)
        ? Optional.of(money(JSON.readTree(reply.body()), "available"))
        : Optional.empty();
  }

  @Override
  public void close() {
    http.close();
  }

  private ProviderHttp.Result send(HttpUriRequestBase request, String subject, byte[] body) {
    String time = Long.toString(clock.instant().getEpochSecond());
    request.setHeader("X-Bank-Timestamp", time);
    request.setHeader("X-Bank-Signature", sign(settings.ours(), time, subject, body));
    return http.send(request);
  }

  private Outcome outcome(String number, ProviderHttp.Result result) {
    if (!(result instanceof ProviderHttp.Reply reply)) {
      return ((ProviderHttp.Failed) result).outcome(); // timeouts and the like are told apart there
    } else if (reply.status() >= 500) {
      return new Unknown(Why.CHANNEL_ERROR, "HTTP_" + reply.status());
    } else if (reply.status() == 429) {
      return new Unknown(Why.THROTTLED, "HTTP_429");
    } else if (!isTheirs(reply, number)) { // before anything is read
      boolean isPage = String.valueOf(reply.header("Content-Type")).startsWith("text/html");
      return new Unknown(isPage ? Why.UNREADABLE : Why.UNVERIFIED, "NOT_PROVEN");
    }
    JsonNode json = about(number, reply.body());
    return json == null ? new Unknown(Why.UNVERIFIED, "OTHER_REQUEST") : outcome(json);
  }

  private static Outcome outcome(JsonNode json) {
    String code = json.path("code").asString();
    String reference = json.path("bankReference").asString(null);
    return switch (json.path("status").asString()) {
      case "ACCEPTED", "PROCESSING" -> new Outcome.Accepted(reference);
      case "PAID", "RETURNED" -> // the engine compares amount and beneficiary
          new Outcome.Paid(money(json, "amount"), json.path("account").asString(), reference);
      case "NOT_FOUND" -> new Unknown(Why.NOT_FOUND, code); // the engine knows when it is final
      case "REFUSED" ->
          REFUSALS.containsKey(code)
              ? new Outcome.Refused(code, "refused", REFUSALS.get(code))
              : new Unknown(Why.UNLISTED_CODE, code);
      default -> new Unknown(Why.UNLISTED_CODE, code);
    };
  }

  private static ChannelEvent event(JsonNode json) {
    return json.path("status").asString().equals("RETURNED")
        ? new ChannelEvent.Returned(
            money(json, "returnedAmount"), json.path("returnReference").asString())
        : new ChannelEvent.Reported(outcome(json));
  }

  private @Nullable JsonNode about(String number, byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      boolean ours = json.path("merchantId").asString().equals(settings.merchant());
      return ours && json.path("requestNo").asString().equals(number) ? json : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static Money money(JsonNode json, String field) {
    Currency currency = Currency.getInstance(json.path("currency").asString());
    BigDecimal amount = new BigDecimal(json.path(field).asString());
    return amount.signum() == 0 ? Money.zero(currency) : Money.of(amount, currency);
  }

  private boolean isTheirs(ProviderHttp.Reply reply, String subject) {
    String time = reply.header("X-Bank-Timestamp");
    return isTheirs(time, reply.header("X-Bank-Signature"), subject, reply.body());
  }

  private boolean isTheirs(
      @Nullable String time, @Nullable String signature, String subject, byte[] body) {
    return time != null
        && signature != null
        && time.matches("[0-9]{1,12}")
        && MessageDigest.isEqual(
            sign(settings.theirs(), time, subject, body).getBytes(StandardCharsets.UTF_8),
            signature.getBytes(StandardCharsets.UTF_8))
        && Math.abs(clock.instant().getEpochSecond() - Long.parseLong(time)) <= 300;
  }

  private static String sign(String secret, String time, String subject, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((time + "\n" + subject + "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.sluice.channel.alipay;

import dev.sluice.channel.ChannelLimits;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Alipay and be believed.
 *
 * @param name the channel's name
 * @param gateway the gateway's address, usually {@code https://openapi.alipay.com/gateway.do}
 * @param appId our application
 * @param userId our own account's user id, to ask for its funds with; null not to ask
 * @param title what the beneficiary's bill shows, at most 64 characters
 * @param scene the transfer scene's name, which Alipay demands of newer merchants; null to leave it
 *     out
 * @param sceneReports what the scene wants reported
 * @param clockSkew how far a notification's time may be from our clock, either way
 * @param allowHttp whether the gateway may be reached without TLS from elsewhere than this machine
 */
public record AlipaySettings(
    String name,
    URI gateway,
    String appId,
    @Nullable String userId,
    AlipayKeys keys,
    ChannelLimits limits,
    String title,
    @Nullable String scene,
    List<SceneReport> sceneReports,
    Duration clockSkew,
    boolean allowHttp) {
  /** The usual name. */
  public static final String DEFAULT_NAME = "alipay";

  private static final int MAX_TITLE_CHARS = 64;

  /**
   * One fact that a transfer scene wants reported.
   *
   * @param type what is reported, as the scene names it
   * @param content what is said of it
   */
  public record SceneReport(String type, String content) {}

  public AlipaySettings {
    sceneReports = List.copyOf(sceneReports);
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("a channel's name is 1 to 32 of a-z, 0-9 and -");
    }
    requireAddress(gateway, allowHttp);
    if (!appId.matches("[A-Za-z0-9]{1,32}")) {
      throw new IllegalArgumentException("Alipay's app-id is 1 to 32 letters and digits");
    }
    if (userId != null && !userId.matches("2088[0-9]{12}")) {
      throw new IllegalArgumentException("Alipay's user-id is 16 digits beginning with 2088");
    }
    if (title.isBlank() || title.length() > MAX_TITLE_CHARS) {
      throw new IllegalArgumentException("the title has 1 to 64 characters");
    }
    if (limits.concurrentCalls() < 1
        || !limits.callTimeout().isPositive()
        || clockSkew.isNegative()) {
      throw new IllegalArgumentException("concurrent calls and times must be positive");
    }
  }

  /** Replies to refused calls don't name the order: only TLS ties them to the question. */
  private static void requireAddress(URI url, boolean allowHttp) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (!(scheme.equals("http") || scheme.equals("https"))
        || host == null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("Alipay's url has a scheme, host, port and path only");
    }
    boolean here = host.equals("localhost") || isLoopback(host);
    if (scheme.equals("http") && !here && !allowHttp) {
      throw new IllegalArgumentException(
          "Alipay's url must be https; allow-http=true lifts that for a simulated bank");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name: never resolved here
    }
  }
}

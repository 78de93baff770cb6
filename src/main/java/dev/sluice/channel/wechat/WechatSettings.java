package dev.sluice.channel.wechat;

import dev.sluice.channel.ChannelLimits;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to reach WeChat Pay and be believed.
 *
 * @param name the channel's name
 * @param url the address below which {@code /v3/…} lies, usually {@code
 *     https://api.mch.weixin.qq.com}
 * @param mchId our merchant number
 * @param appId the application in which beneficiaries have their openid
 * @param sceneId the transfer scene that the merchant platform granted
 * @param sceneReports what the scene wants reported
 * @param remark what the beneficiary reads if the order has no note, at most 32 characters
 * @param perception what the beneficiary is told the money is for, of the scene's choices; null for
 *     the scene's usual one
 * @param notifyUrl where notifications go, https without parameters; null for none
 * @param nameFromMinor from which amount on the beneficiary's name is sent, in fen
 * @param fundsAccount which of our accounts transfers are paid from, {@code OPERATION}, {@code
 *     BASIC} or {@code FEES}, to ask for its funds; null not to ask
 * @param clockSkew how far a message's time may be from our clock, either way
 * @param allowHttp whether it may be reached without TLS from elsewhere than this machine
 */
public record WechatSettings(
    String name,
    URI url,
    String mchId,
    String appId,
    WechatKeys keys,
    ChannelLimits limits,
    String sceneId,
    List<SceneReport> sceneReports,
    String remark,
    @Nullable String perception,
    @Nullable URI notifyUrl,
    long nameFromMinor,
    @Nullable String fundsAccount,
    Duration clockSkew,
    boolean allowHttp) {
  /** The usual name. */
  public static final String DEFAULT_NAME = "wechat";

  /** WeChat Pay forgets what is older. */
  private static final Duration LONGEST_QUERY_WINDOW = Duration.ofDays(30);

  static final int MAX_REMARK_CHARS = 32;

  /**
   * One fact that a transfer scene wants reported.
   *
   * @param type what is reported, as the scene names it
   * @param content what is said of it
   */
  public record SceneReport(String type, String content) {}

  public WechatSettings {
    sceneReports = List.copyOf(sceneReports);
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("a channel's name is 1 to 32 of a-z, 0-9 and -");
    }
    requireAddress(url, allowHttp);
    if (!mchId.matches("[0-9]{1,32}") || !appId.matches("[A-Za-z0-9]{1,32}")) {
      throw new IllegalArgumentException(
          "WeChat Pay's mch-id is 1 to 32 digits, its app-id 1 to 32 letters and digits");
    }
    if (remark.isBlank() || remark.codePointCount(0, remark.length()) > MAX_REMARK_CHARS) {
      throw new IllegalArgumentException("the remark has 1 to 32 characters");
    }
    if (notifyUrl != null && (notifyUrl.getRawQuery() != null || notifyUrl.getHost() == null)) {
      throw new IllegalArgumentException("the notify-url is a whole address without parameters");
    }
    if (fundsAccount != null && !Set.of("OPERATION", "BASIC", "FEES").contains(fundsAccount)) {
      throw new IllegalArgumentException("the funds-account is OPERATION, BASIC or FEES");
    }
    if (limits.concurrentCalls() < 1
        || !limits.callTimeout().isPositive()
        || clockSkew.isNegative()) {
      throw new IllegalArgumentException("concurrent calls and times must be positive");
    }
    if (limits.queryWindow().compareTo(LONGEST_QUERY_WINDOW) > 0) {
      throw new IllegalArgumentException("WeChat Pay answers queries for 30 days only");
    }
  }

  /** Errors don't name the order: only TLS ties them to the question. */
  private static void requireAddress(URI url, boolean allowHttp) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (!(scheme.equals("http") || scheme.equals("https"))
        || host == null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("WeChat Pay's url has a scheme, host, port and path only");
    }
    boolean here = host.equals("localhost") || isLoopback(host);
    if (scheme.equals("http") && !here && !allowHttp) {
      throw new IllegalArgumentException(
          "WeChat Pay's url must be https; allow-http=true lifts that for a simulated bank");
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

package dev.sluice.channel.wechat;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.PemReader;
import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the WeChat Pay channel. Without {@code mch-id} there is no such channel. Secrets are
 * given as text or as files, never both.
 *
 * @param url the address below which {@code /v3/…} lies; https unless it is on this machine
 * @param mchId our merchant number
 * @param appId the application in which beneficiaries have their openid
 * @param serial serial number of our API certificate
 * @param privateKey private key of our API certificate, PKCS#8, 2048 bits or more
 * @param apiv3Key the APIv3 key: 32 bytes
 * @param platformKeys WeChat Pay's public keys or certificates, by public key id or serial number
 * @param platformKeyFiles the same, in files
 * @param encryptWith which platform key encrypts names and signs replies; needed if there are
 *     several
 * @param sceneId the transfer scene that the merchant platform granted
 * @param sceneReports what the scene wants reported: {@code type} and {@code content} each
 * @param remark what the beneficiary reads if the order has no note, at most 32 characters
 * @param perception what the beneficiary is told the money is for, of the scene's choices
 * @param notifyUrl where notifications go, https without parameters
 * @param nameFromAmount from which amount on the beneficiary's name is sent, in yuan; WeChat Pay
 *     demands it from 2,000 yuan on
 * @param fundsAccount which of our accounts transfers are paid from, OPERATION, BASIC or FEES; NONE
 *     not to ask for its funds
 * @param minAmount smallest amount, in yuan
 * @param maxAmount largest amount, in yuan; set it to what the merchant platform shows
 * @param concurrentCalls calls under way at once from this instance
 * @param callTimeout longest time of one call, connecting included
 * @param acceptanceWindow how long after sending "no such order" may still become a payment
 * @param queryWindow how long after sending a query still tells the truth, at most 30 days
 * @param clockSkew how far a message's time may be from our clock, either way
 * @param allowHttp lifts the demand for https, for a simulated bank on another machine
 */
@ConfigurationProperties("sluice.channels.wechat")
public record WechatChannelProperties(
    @DefaultValue("https://api.mch.weixin.qq.com") URI url,
    String mchId,
    String appId,
    String serial,
    @Nullable String privateKey,
    @Nullable Path privateKeyFile,
    @Nullable String apiv3Key,
    @Nullable Path apiv3KeyFile,
    @DefaultValue Map<String, String> platformKeys,
    @DefaultValue Map<String, Path> platformKeyFiles,
    @Nullable String encryptWith,
    String sceneId,
    @DefaultValue List<WechatSettings.SceneReport> sceneReports,
    @DefaultValue("Withdrawal") String remark,
    @Nullable String perception,
    @Nullable URI notifyUrl,
    @DefaultValue("2000.00") BigDecimal nameFromAmount,
    @DefaultValue("OPERATION") String fundsAccount,
    @DefaultValue("0.10") BigDecimal minAmount,
    @DefaultValue("20000.00") BigDecimal maxAmount,
    @DefaultValue("64") int concurrentCalls,
    @DefaultValue("10s") Duration callTimeout,
    @DefaultValue("10m") Duration acceptanceWindow,
    @DefaultValue("7d") Duration queryWindow,
    @DefaultValue("5m") Duration clockSkew,
    @DefaultValue("false") boolean allowHttp) {
  private static final String PREFIX = "sluice.channels.wechat.";
  private static final Currency CNY = Currency.getInstance("CNY");

  @Override
  public String toString() {
    return "WechatChannelProperties[%s, %s]".formatted(url, mchId);
  }

  WechatSettings settings() {
    require(appId, "app-id");
    require(serial, "serial");
    require(sceneId, "scene-id");
    ChannelLimits limits =
        new ChannelLimits(
            Set.of("CNY"),
            Set.of("WECHAT"),
            Money.of(minAmount, CNY).minor(),
            Money.of(maxAmount, CNY).minor(),
            concurrentCalls,
            callTimeout,
            acceptanceWindow,
            queryWindow,
            true);
    return new WechatSettings(
        WechatSettings.DEFAULT_NAME,
        url,
        mchId,
        appId,
        keys(),
        limits,
        sceneId,
        sceneReports,
        remark,
        perception,
        notifyUrl,
        Money.of(nameFromAmount, CNY).minor(),
        fundsAccount.equals("NONE") ? null : fundsAccount,
        clockSkew,
        allowHttp);
  }

  private WechatKeys keys() {
    Map<String, PublicKey> platform = new HashMap<>();
    platformKeys.forEach((id, text) -> platform.put(id, publicKey(id, text, null)));
    platformKeyFiles.forEach((id, file) -> platform.put(id, publicKey(id, null, file)));
    if (platform.isEmpty()) {
      throw new IllegalArgumentException(
          "%splatform-keys or platform-key-files needs a key".formatted(PREFIX));
    }
    String chosen = encryptWith;
    if (chosen == null) {
      if (platform.size() > 1) {
        throw new IllegalArgumentException(
            PREFIX + "encrypt-with must name one of several platform keys");
      }
      chosen = platform.keySet().iterator().next();
    }
    String key = PemReader.textOrFile(privateKey, privateKeyFile, PREFIX + "private-key");
    return new WechatKeys(
        serial,
        PemReader.privateKey(key, PREFIX + "private-key"),
        platform,
        chosen,
        PemReader.textOrFile(apiv3Key, apiv3KeyFile, PREFIX + "apiv3-key"));
  }

  private static PublicKey publicKey(String id, @Nullable String text, @Nullable Path file) {
    String property = PREFIX + "platform-keys." + id;
    return PemReader.publicKey(PemReader.textOrFile(text, file, property), property);
  }

  /** A missing property binds to null, whatever the type says. */
  private static void require(String value, String property) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "%smch-id is set, so %s%s is needed".formatted(PREFIX, PREFIX, property));
    }
  }
}

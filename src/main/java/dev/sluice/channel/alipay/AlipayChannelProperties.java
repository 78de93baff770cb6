package dev.sluice.channel.alipay;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.PemReader;
import dev.sluice.money.Money;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the Alipay channel. Without {@code app-id} there is no such channel. Keys and
 * certificates are given as text or as files, never both. With {@code alipay-public-key} the
 * channel works in public-key mode, with the three certificates in certificate mode.
 *
 * @param url the gateway's address; https unless it is on this machine
 * @param appId our application's id
 * @param userId our own account's user id, 16 digits; without it Alipay isn't asked for our funds
 * @param privateKey our application's RSA private key, PKCS#8, 2048 bits or more
 * @param alipayPublicKey Alipay's public key (not our own)
 * @param appCertificate our application's certificate
 * @param alipayCertificate Alipay's certificate, followed by those between it and the root
 * @param rootCertificate Alipay's root certificates
 * @param beneficiaryKinds of {@code ALIPAY, CARD}
 * @param minAmount smallest amount, in yuan
 * @param maxAmount largest amount, in yuan
 * @param concurrentCalls calls under way at once from this instance
 * @param callTimeout longest time of one call, connecting included
 * @param acceptanceWindow how long after sending "no such order" may still become a payment
 * @param queryWindow how long after sending a query still tells the truth
 * @param clockSkew how far a notification's time may be from our clock, either way
 * @param title what the beneficiary's bill shows
 * @param scene name of the transfer scene, demanded of merchants since 2026
 * @param sceneReports what the scene wants reported: {@code type} and {@code content} each
 * @param allowHttp lifts the demand for https, for a simulated bank on another machine
 */
@ConfigurationProperties("sluice.channels.alipay")
public record AlipayChannelProperties(
    @DefaultValue("https://openapi.alipay.com/gateway.do") URI url,
    String appId,
    @Nullable String userId,
    @Nullable String privateKey,
    @Nullable Path privateKeyFile,
    @Nullable String alipayPublicKey,
    @Nullable Path alipayPublicKeyFile,
    @Nullable String appCertificate,
    @Nullable Path appCertificateFile,
    @Nullable String alipayCertificate,
    @Nullable Path alipayCertificateFile,
    @Nullable String rootCertificate,
    @Nullable Path rootCertificateFile,
    @DefaultValue({"ALIPAY", "CARD"}) Set<String> beneficiaryKinds,
    @DefaultValue("0.10") BigDecimal minAmount,
    @DefaultValue("50000.00") BigDecimal maxAmount,
    @DefaultValue("64") int concurrentCalls,
    @DefaultValue("10s") Duration callTimeout,
    @DefaultValue("10m") Duration acceptanceWindow,
    @DefaultValue("7d") Duration queryWindow,
    @DefaultValue("5m") Duration clockSkew,
    @DefaultValue("Withdrawal") String title,
    @Nullable String scene,
    @DefaultValue List<AlipaySettings.SceneReport> sceneReports,
    @DefaultValue("false") boolean allowHttp) {
  private static final String PREFIX = "sluice.channels.alipay.";
  private static final Currency CNY = Currency.getInstance("CNY");

  @Override
  public String toString() {
    return "AlipayChannelProperties[%s, %s]".formatted(url, appId);
  }

  AlipaySettings settings(Instant now) {
    if (beneficiaryKinds.isEmpty() || !Set.of("ALIPAY", "CARD").containsAll(beneficiaryKinds)) {
      throw new IllegalArgumentException(PREFIX + "beneficiary-kinds are of ALIPAY, CARD");
    }
    ChannelLimits limits =
        new ChannelLimits(
            Set.of("CNY"),
            beneficiaryKinds,
            Money.of(minAmount, CNY).minor(),
            Money.of(maxAmount, CNY).minor(),
            concurrentCalls,
            callTimeout,
            acceptanceWindow,
            queryWindow,
            true);
    return new AlipaySettings(
        AlipaySettings.DEFAULT_NAME,
        url,
        appId,
        userId,
        keys(now),
        limits,
        title,
        scene,
        sceneReports,
        clockSkew,
        allowHttp);
  }

  private AlipayKeys keys(Instant now) {
    PrivateKey appKey =
        PemReader.privateKey(
            text(privateKey, privateKeyFile, "private-key"), PREFIX + "private-key");
    if (alipayPublicKey != null || alipayPublicKeyFile != null) {
      String key = text(alipayPublicKey, alipayPublicKeyFile, "alipay-public-key");
      return AlipayKeys.withPublicKey(
          appKey, PemReader.publicKey(key, PREFIX + "alipay-public-key"));
    }
    String app = text(appCertificate, appCertificateFile, "app-certificate");
    String alipay = text(alipayCertificate, alipayCertificateFile, "alipay-certificate");
    String root = text(rootCertificate, rootCertificateFile, "root-certificate");
    return AlipayKeys.withCertificates(
        appKey,
        PemReader.certificates(app, PREFIX + "app-certificate").getFirst(),
        PemReader.certificates(alipay, PREFIX + "alipay-certificate"),
        PemReader.certificates(root, PREFIX + "root-certificate"),
        now);
  }

  private static String text(@Nullable String text, @Nullable Path file, String property) {
    return PemReader.textOrFile(text, file, PREFIX + property);
  }
}

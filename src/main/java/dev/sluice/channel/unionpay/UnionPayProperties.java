package dev.sluice.channel.unionpay;

import dev.sluice.channel.ChannelLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the UnionPay channel. Without {@code url} there is no such channel.
 *
 * @param url base address of the gateway; {@code https://gateway.95516.com} in production
 * @param merchantId our merchant number (merId)
 * @param signingKeyStore PKCS #12 file with our signing key and certificate, as UnionPay issues it
 * @param signingKeyStorePassword its password
 * @param rootCertificate file of the provider's root certificate, PEM or DER
 * @param intermediateCertificates files of those between it and the signer, nearest the signer
 *     first
 * @param signerNames what the third {@code @} part of the signer's common name may be
 * @param encryptionCertificate file of the certificate to encrypt card numbers to; unset sends them
 *     unencrypted within TLS
 * @param backUrl where UnionPay can reach {@code /v1/callbacks/unionpay} of ours
 * @param minFen smallest amount, in fen
 * @param maxFen largest amount, in fen
 * @param concurrentCalls calls under way at once from this instance
 * @param callTimeout longest time of one call, connecting included
 * @param acceptanceWindow how long after sending "no such transaction" may still become a payment
 * @param queryWindow how long after sending a query still tells the truth
 */
@ConfigurationProperties("sluice.channels.unionpay")
public record UnionPayProperties(
    URI url,
    String merchantId,
    Path signingKeyStore,
    String signingKeyStorePassword,
    Path rootCertificate,
    @DefaultValue List<Path> intermediateCertificates,
    @DefaultValue(UnionPaySettings.PRODUCTION_SIGNER) Set<String> signerNames,
    @Nullable Path encryptionCertificate,
    URI backUrl,
    @DefaultValue("1") long minFen,
    @DefaultValue("5000000") long maxFen,
    @DefaultValue("32") int concurrentCalls,
    @DefaultValue("10s") Duration callTimeout,
    @DefaultValue("30m") Duration acceptanceWindow,
    @DefaultValue("30d") Duration queryWindow) {

  @Override
  public String toString() {
    return "UnionPayProperties[%s, %s]".formatted(url, merchantId);
  }

  UnionPaySettings settings() {
    require(merchantId, "merchant-id");
    require(signingKeyStore, "signing-key-store");
    require(signingKeyStorePassword, "signing-key-store-password");
    require(rootCertificate, "root-certificate");
    require(backUrl, "back-url");
    KeyFiles.SigningKey key = KeyFiles.signingKey(signingKeyStore, signingKeyStorePassword);
    return new UnionPaySettings(
        UnionPaySettings.DEFAULT_NAME,
        url,
        merchantId,
        key.key(),
        key.certificate(),
        KeyFiles.certificate(rootCertificate),
        intermediateCertificates.stream().map(KeyFiles::certificate).toList(),
        signerNames,
        encryptionCertificate == null ? null : KeyFiles.certificate(encryptionCertificate),
        backUrl,
        limits());
  }

  /**
   * Never sent again: UnionPay answers a second sending with 12, or with a refusal that says
   * nothing of the first, such as outside the hours of service. A query settles it.
   */
  private ChannelLimits limits() {
    return new ChannelLimits(
        Set.of("CNY"),
        Set.of("CARD"),
        minFen,
        maxFen,
        concurrentCalls,
        callTimeout,
        acceptanceWindow,
        queryWindow,
        false);
  }

  /** A missing property binds to null, whatever the type says. */
  private static void require(@Nullable Object value, String property) {
    if (value == null || value.toString().isBlank()) {
      throw new IllegalArgumentException(
          "sluice.channels.unionpay.url is set, so sluice.channels.unionpay."
              + property
              + " is needed");
    }
  }
}

package dev.sluice.channel.unionpay;

import dev.sluice.channel.ChannelLimits;
import java.net.URI;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to reach UnionPay and be believed.
 *
 * @param name the channel's name
 * @param url the base below which {@code /gateway/api/...} lies; http or https
 * @param merchantId our merchant number (merId)
 * @param key our signing key
 * @param certificate our signing certificate; its serial number is the certId
 * @param root the pinned anchor of the provider's certificates
 * @param intermediates the pinned certificates between it and the signer
 * @param signerNames what the third {@code @} part of the signer's common name may be
 * @param encryption the provider's certificate to encrypt card numbers to; null sends them as they
 *     are, as TLS carries them
 * @param backUrl where notifications go (backUrl)
 */
public record UnionPaySettings(
    String name,
    URI url,
    String merchantId,
    PrivateKey key,
    X509Certificate certificate,
    X509Certificate root,
    List<X509Certificate> intermediates,
    Set<String> signerNames,
    @Nullable X509Certificate encryption,
    URI backUrl,
    ChannelLimits limits) {
  /** The usual name. */
  public static final String DEFAULT_NAME = "unionpay";

  /** Whose name the provider's production certificates carry. */
  public static final String PRODUCTION_SIGNER = "中国银联股份有限公司";

  public UnionPaySettings {
    intermediates = List.copyOf(intermediates);
    signerNames = Set.copyOf(signerNames);
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("a channel's name is 1 to 32 of a-z, 0-9 and -");
    }
    requireHttp("url", url);
    requireHttp("back url", backUrl);
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("UnionPay's url has a scheme, host, port and path only");
    }
    if (!merchantId.matches("[A-Za-z0-9]{1,15}")) {
      throw new IllegalArgumentException(
          "UnionPay's merchant number has 1 to 15 digits or letters");
    }
    if (limits.concurrentCalls() < 1 || !limits.callTimeout().isPositive()) {
      throw new IllegalArgumentException("concurrent calls and times must be positive");
    }
  }

  @Override
  public String toString() {
    return "UnionPaySettings[%s, %s, %s]".formatted(name, url, merchantId);
  }

  private static void requireHttp(String what, URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "UnionPay's " + what + " must be an http or https address");
    }
  }
}

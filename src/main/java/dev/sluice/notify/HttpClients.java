package dev.sluice.notify;

import dev.sluice.http.Tls;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client that talks to endpoints, with everything off that a stranger could make use of.
 */
final class HttpClients {
  private static final int MOST_HEADER_LINE_CHARACTERS = 8192;
  private static final int MOST_HEADERS = 100;

  /** Connections are made anew after this, and with them the look-up and check of addresses. */
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);

  private static final Timeout LONGEST_IDLE = Timeout.ofSeconds(10);
  private static final TimeValue CHECKED_WHEN_IDLE_FOR = TimeValue.ofSeconds(1);

  private HttpClients() {}

  static CloseableHttpClient of(WebhookSettings settings, TargetGuard guard) {
    Timeout connect = Timeout.of(settings.connectTimeout());
    Timeout response = Timeout.of(settings.responseTimeout());
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(guard)
            .setTlsSocketStrategy(Tls.strategy(!settings.allowHttp()))
            .setMaxConnTotal(settings.concurrency())
            .setMaxConnPerRoute(settings.concurrency())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(connect)
                    .setSocketTimeout(response)
                    .setTimeToLive(CONNECTION_LIFE)
                    .setIdleTimeout(LONGEST_IDLE)
                    .setValidateAfterInactivity(CHECKED_WHEN_IDLE_FOR)
                    .build())
            .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setMaxLineLength(MOST_HEADER_LINE_CHARACTERS)
                            .setMaxHeaderCount(MOST_HEADERS)
                            .build())
                    .build())
            .build();
    return HttpClientBuilder.create()
        .setConnectionManager(connections)
        // straight to the endpoint: behind a proxy the addresses could not be checked
        .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(connect)
                .setResponseTimeout(response)
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("Sluice")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .build();
  }
}

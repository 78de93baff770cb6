package dev.sluice.channel.bank;

import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import dev.sluice.http.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls with every bound: connections, time of each step, time of the whole, size of the reply. It
 * never sends a request twice by itself and follows no redirect.
 */
final class BankHttp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BankHttp.class);
  private static final int MAX_REPLY_BYTES = 64 * 1024;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

  private final Duration callTimeout;
  private final CloseableHttpClient http;
  private final ScheduledThreadPoolExecutor deadlines;

  BankHttp(int concurrentCalls, Duration callTimeout, boolean encrypted) {
    this.callTimeout = callTimeout;
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("bank-deadline").daemon().factory());
    deadlines.setRemoveOnCancelPolicy(true);
    deadlines.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    Timeout whole = Timeout.of(callTimeout);
    Timeout connect =
        Timeout.of(callTimeout.compareTo(LONGEST_CONNECT) < 0 ? callTimeout : LONGEST_CONNECT);
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(Tls.strategy(encrypted))
                    .setMaxConnTotal(concurrentCalls)
                    .setMaxConnPerRoute(concurrentCalls)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(connect)
                            .setSocketTimeout(whole)
                            // A stale connection makes an unknown outcome out of nothing.
                            .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
                            .setTimeToLive(TimeValue.ofMinutes(5))
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(whole)
                    .setResponseTimeout(whole)
                    .setRedirectsEnabled(false)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .setUserAgent("sluice")
            .build();
  }

  /** Sends a request within the call's whole time. */
  Result send(HttpUriRequestBase request) {
    return send(request, callTimeout);
  }

  /** Sends a request within a time. */
  Result send(HttpUriRequestBase request, Duration within) {
    ScheduledFuture<?> deadline;
    try {
      deadline =
          deadlines.schedule(() -> request.abort(), within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return failed(Why.NO_CONNECTION, "CLOSED");
    }
    try {
      return http.execute(request, response -> read(request, response));
    } catch (IOException e) {
      return failure(e);
    } catch (RuntimeException e) {
      // Whatever went wrong, the request may be out: the caller must learn that it is unknown.
      log.error("a call to the bank failed in the client: {}", e.getClass().getName());
      return failed(Why.TIMEOUT, "CLIENT_FAILED");
    } finally {
      deadline.cancel(false);
    }
  }

  @Override
  public void close() {
    var _ = deadlines.shutdownNow();
    http.close(CloseMode.IMMEDIATE);
  }

  private static Result read(HttpUriRequestBase request, ClassicHttpResponse response)
      throws IOException {
    HttpEntity entity = response.getEntity();
    byte[] body = new byte[0];
    if (entity != null) {
      InputStream content = entity.getContent();
      body = content.readNBytes(MAX_REPLY_BYTES + 1);
      if (body.length > MAX_REPLY_BYTES) {
        request.abort(); // else the client would read the rest, however long
        throw new ReplyTooLongException();
      }
    }
    return new Reply(
        response.getCode(),
        header(response, "Content-Type"),
        header(response, BankSignature.TIMESTAMP),
        header(response, BankSignature.SIGNATURE),
        body);
  }

  /**
   * Before the connection stands, nothing was sent; after that it may have arrived, whatever broke.
   */
  private static Result failure(IOException e) {
    return switch (e) {
      case ReplyTooLongException ignored -> failed(Why.UNREADABLE, "REPLY_TOO_LONG");
      case ConnectionRequestTimeoutException ignored -> failed(Why.NO_CONNECTION, "ALL_BUSY");
      case ConnectTimeoutException ignored -> failed(Why.NO_CONNECTION, "CONNECT_TIMEOUT");
      case ConnectException ignored -> failed(Why.NO_CONNECTION, "CONNECTION_REFUSED");
      case NoRouteToHostException ignored -> failed(Why.NO_CONNECTION, "NO_ROUTE");
      case UnknownHostException ignored -> failed(Why.NO_CONNECTION, "UNKNOWN_HOST");
      case SSLHandshakeException ignored -> failed(Why.NO_CONNECTION, "TLS_REFUSED");
      default ->
          e.getCause() instanceof HttpException
              ? failed(Why.UNREADABLE, "NOT_HTTP")
              : failed(Why.TIMEOUT, "NO_WHOLE_REPLY");
    };
  }

  private static Failed failed(Why why, String code) {
    return new Failed(new Unknown(why, code));
  }

  private static @Nullable String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  /** More than anything in the protocol. */
  private static final class ReplyTooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What came of a call. */
  sealed interface Result {}

  /** A whole reply, not verified yet. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Reply(
      int status,
      @Nullable String contentType,
      @Nullable String timestamp,
      @Nullable String signature,
      byte[] body)
      implements Result {}

  /** No whole reply. */
  record Failed(Unknown outcome) implements Result {}
}

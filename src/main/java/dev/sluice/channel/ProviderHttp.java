package dev.sluice.channel;

import dev.sluice.channel.Outcome.Unknown;
import dev.sluice.channel.Outcome.Why;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
 * The HTTP client of a provider's channel. Calls with every bound: connections, time of each step,
 * time of the whole, size of the reply. It never sends a request twice by itself and follows no
 * redirect.
 */
public final class ProviderHttp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProviderHttp.class);
  private static final int MAX_REPLY_BYTES = 64 * 1024;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

  private final String channel;
  private final Duration callTimeout;
  private final CloseableHttpClient http;
  private final ScheduledThreadPoolExecutor deadlines;

  /**
   * A client for one channel; close it.
   *
   * @param channel its name, for threads and logs
   * @param concurrentCalls connections at once
   * @param callTimeout the longest that one call can take, connecting included
   */
  public ProviderHttp(String channel, int concurrentCalls, Duration callTimeout) {
    this.channel = channel;
    this.callTimeout = callTimeout;
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name(channel + "-deadline").daemon().factory());
    deadlines.setRemoveOnCancelPolicy(true);
    deadlines.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    Timeout whole = Timeout.of(callTimeout);
    Timeout connect =
        Timeout.of(callTimeout.compareTo(LONGEST_CONNECT) < 0 ? callTimeout : LONGEST_CONNECT);
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
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
  public Result send(HttpUriRequestBase request) {
    return send(request, callTimeout);
  }

  /** Sends a request within a time. */
  public Result send(HttpUriRequestBase request, Duration within) {
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
      log.atError()
          .addKeyValue("channel", channel)
          .log("a call failed in the client: {}", e.getClass().getName());
      return failed(Why.TIMEOUT, "CLIENT_FAILED");
    } finally {
      deadline.cancel(false);
    }
  }

  /**
   * Fetches a file within a time, as a stream.
   *
   * @param into where a reply with status 200 goes, over whatever is there; other replies come as
   *     they are
   * @return a reply without its body if the file was written
   */
  public Result download(HttpUriRequestBase request, Path into, long maxBytes, Duration within) {
    ScheduledFuture<?> deadline;
    try {
      deadline =
          deadlines.schedule(() -> request.abort(), within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return failed(Why.NO_CONNECTION, "CLOSED");
    }
    try {
      return http.execute(
          request,
          response ->
              response.getCode() == 200
                  ? write(request, response, into, maxBytes)
                  : read(request, response));
    } catch (IOException e) {
      return failure(e);
    } finally {
      deadline.cancel(false);
    }
  }

  private static Result write(
      HttpUriRequestBase request, ClassicHttpResponse response, Path into, long maxBytes)
      throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return failed(Why.UNREADABLE, "NO_FILE");
    }
    byte[] piece = new byte[1 << 16];
    long count = 0;
    InputStream content = entity.getContent();
    try (OutputStream out = Files.newOutputStream(into)) {
      for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
        count += read;
        if (count > maxBytes) {
          request.abort();
          throw new ReplyTooLongException();
        }
        out.write(piece, 0, read);
      }
    }
    return new Reply(response.getCode(), Map.of(), new byte[0]);
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
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      String value = header.getValue();
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value == null ? "" : value);
    }
    return new Reply(response.getCode(), headers, body);
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

  /** More than anything in the protocol. */
  private static final class ReplyTooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What came of a call. */
  public sealed interface Result {}

  /**
   * A whole reply, not verified yet.
   *
   * @param headers the first value of each, by lower-case name
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Reply(int status, Map<String, String> headers, byte[] body) implements Result {

    /** A header's first value, or null. */
    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /** No whole reply. */
  public record Failed(Unknown outcome) implements Result {}
}

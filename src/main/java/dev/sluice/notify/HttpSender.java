package dev.sluice.notify;

import dev.sluice.notify.TargetGuard.TargetRefusedException;
import dev.sluice.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Sends over HTTP as Standard Webhooks 1.0.0 says: a POST of the body with the headers {@code
 * webhook-id}, {@code webhook-timestamp} (of this try) and {@code webhook-signature}. Redirects are
 * not followed.
 */
final class HttpSender implements Sender, AutoCloseable {
  /** Of an answer only the status counts; reading a little lets the connection be used again. */
  private static final int MOST_ANSWER_BYTES = 1024;

  private final Vault vault;
  private final Clock clock;
  private final WebhookSettings settings;
  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor deadlines;

  HttpSender(Vault vault, Clock clock, WebhookSettings settings, TargetGuard guard) {
    this.vault = vault;
    this.clock = clock;
    this.settings = settings;
    this.client = HttpClients.of(settings, guard);
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("sluice-webhook-deadlines").factory());
    this.deadlines.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Answer send(String url, byte[] sealedSecret, UUID eventId, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    long epochSeconds = clock.instant().getEpochSecond();
    byte[] secret = vault.open(sealedSecret, WebhookEndpoints.VAULT_CONTEXT);
    HttpPost post = new HttpPost(URI.create(url));
    post.setHeader("webhook-id", eventId.toString());
    post.setHeader("webhook-timestamp", Long.toString(epochSeconds));
    post.setHeader(
        "webhook-signature", StandardSignature.of(secret, eventId.toString(), epochSeconds, bytes));
    post.setEntity(new ByteArrayEntity(bytes, ContentType.APPLICATION_JSON));
    return execute(post);
  }

  @Override
  public void close() throws IOException {
    deadlines.shutdownNow();
    client.close();
  }

  private Answer execute(HttpPost post) {
    AtomicBoolean late = new AtomicBoolean();
    Future<?> deadline =
        deadlines.schedule(
            () -> {
              late.set(true);
              post.cancel();
            },
            settings.deadline().toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      ClassicHttpResponse response =
          client.executeOpen(RoutingSupport.determineHost(post), post, null);
      Answer answer = new Answer.Answered(response.getCode(), retryAfter(response));
      if (!readToItsEnd(response)) {
        post.cancel(); // or closing would read on for as long as the endpoint likes
      }
      Closer.closeQuietly(response); // whatever breaks from here on, the status has come
      return answer;
    } catch (IOException | HttpException e) {
      return new Answer.NotAnswered(
          late.get()
              ? "no complete answer within " + settings.deadline().toMillis() + " ms"
              : reason(e));
    } finally {
      deadline.cancel(false);
    }
  }

  private static boolean readToItsEnd(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return true;
    }
    try {
      InputStream content = entity.getContent();
      return content == null
          || content.readNBytes(MOST_ANSWER_BYTES + 1).length <= MOST_ANSWER_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  /** Seconds only (RFC 9110 section 10.2.3); a date would trust the other side's clock. */
  private static @Nullable Duration retryAfter(ClassicHttpResponse response) {
    Header header = response.getFirstHeader("Retry-After");
    if (header == null || !header.getValue().trim().matches("[0-9]{1,9}")) {
      return null;
    }
    return Duration.ofSeconds(Long.parseLong(header.getValue().trim()));
  }

  /** In our own words: the library's would hold addresses, and the URL, which may hold a token. */
  private String reason(Exception e) {
    return switch (e) {
      case TargetRefusedException _ -> "the host leads to an address that is not allowed";
      case UnknownHostException _ -> "the host name does not resolve";
      case ConnectTimeoutException _ ->
          "no connection within " + settings.connectTimeout().toMillis() + " ms";
      case ConnectException _ -> "the connection was refused";
      case SocketTimeoutException _ -> "no answer in time";
      case SSLException _ -> "TLS failed: the certificate is not trusted, or no common version";
      case HttpException _ -> "the answer was not HTTP";
      default -> "the connection broke";
    };
  }
}

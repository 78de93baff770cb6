package dev.sluice.channel.simulator;

import dev.sluice.http.Tls;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends callbacks until somebody says they were received, with growing pauses and a bounded number
 * of tries. What is still owed when the bank stops is sent again, from the first try, after it
 * starts.
 */
final class CallbackSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CallbackSender.class);
  private static final int MAX_AT_ONCE = 64;
  private static final int MAX_RECEIPT_BYTES = 1_024;

  /** With the pauses below: the last try is some 2 hours after the first. */
  private static final int MAX_TRIES = 20;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  private final PaymentBook book;
  private final List<Protocol> protocols;
  private final Timer timer;
  private final Clock clock;
  private final Semaphore slots = new Semaphore(MAX_AT_ONCE);
  private final CloseableHttpClient http;

  /**
   * A sender.
   *
   * @param protocols may still grow until the first callback is sent
   */
  CallbackSender(PaymentBook book, List<Protocol> protocols, Timer timer, Clock clock) {
    this.book = book;
    this.protocols = protocols;
    this.timer = timer;
    this.clock = clock;
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(Tls.strategy(false))
                    .setMaxConnTotal(MAX_AT_ONCE)
                    .setMaxConnPerRoute(MAX_AT_ONCE)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.ofSeconds(2))
                            .setSocketTimeout(Timeout.ofSeconds(10))
                            .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.ofSeconds(10))
                    .setResponseTimeout(Timeout.ofSeconds(10))
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .setUserAgent("sluice-simulated-bank")
            .build();
  }

  /** Sends a callback when it is due, and again until it is received. */
  void send(Notice notice) {
    timer.after(Duration.ofMillis(notice.dueAtMillis() - clock.millis()), () -> attempt(notice, 1));
  }

  /** Sends a callback now and waits for the first try to end; more tries follow if it failed. */
  void sendNow(Notice notice) {
    attempt(notice, 1);
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }

  private void attempt(Notice notice, int number) {
    slots.acquireUninterruptibly();
    boolean received;
    try {
      received = post(notice);
    } finally {
      slots.release();
    }
    if (received || number >= MAX_TRIES) {
      if (!received) {
        log.warn("callback {} was never received: the bank gives up", notice.id());
      }
      book.told(notice, received);
    } else {
      timer.after(pauseAfter(number), () -> attempt(notice, number + 1));
    }
  }

  private boolean post(Notice notice) {
    Protocol protocol =
        protocols.stream()
            .filter(p -> p.name().equals(notice.protocol()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no protocol " + notice.protocol()));
    if (!protocol.tells(notice.report())) {
      return true; // nobody waits for it
    }
    try {
      if (protocol.deliver(notice.report())) {
        return true;
      }
    } catch (IOException e) {
      log.warn("callback {} could not be delivered", notice.id(), e);
      return false;
    }
    Protocol.Callback callback = protocol.callback(notice.report());
    if (callback == null) {
      return false;
    }
    HttpPost post = new HttpPost(callback.to());
    callback.headers().forEach(post::setHeader);
    String type = callback.headers().get("Content-Type");
    post.setEntity(
        new ByteArrayEntity(
            callback.body(),
            type == null ? ContentType.APPLICATION_JSON : ContentType.parse(type)));
    try {
      return http.execute(
          post,
          response -> {
            HttpEntity entity = response.getEntity();
            byte[] body =
                entity == null
                    ? new byte[0]
                    : entity.getContent().readNBytes(MAX_RECEIPT_BYTES + 1);
            if (body.length > MAX_RECEIPT_BYTES) {
              post.abort(); // else the client would read the rest, however long
              return false;
            }
            return protocol.isReceipt(response.getCode(), body);
          });
    } catch (IOException e) {
      log.debug("callback {} was not received: {}", notice.id(), e.getClass().getSimpleName());
      return false;
    }
  }

  private static Duration pauseAfter(int tries) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}

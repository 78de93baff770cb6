package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** That nothing unproven is believed: changed, stale or someone else's messages. */
public abstract class ChannelProofs extends ChannelBench {
  @Test
  protected void anyByteOfACallbackChangedIsRefused() throws IOException {
    send(number());
    RawCallback genuine = callbacks.await(1).getFirst();
    assertThat(channel.verify(genuine)).isInstanceOf(CallbackVerdict.Verified.class);

    for (int i = 0; i < genuine.body().length; i++) {
      for (int bit : new int[] {0x01, 0x20, 0x80}) {
        byte[] changed = flip(genuine.body(), i, bit);
        if (!saysTheSame(genuine.body(), changed)) {
          assertRejected(new RawCallback(genuine.path(), genuine.headers(), changed));
        }
      }
    }
    for (String header : proofHeaders()) {
      String value = Objects.requireNonNull(genuine.header(header), header);
      for (int i = 0; i < value.length(); i++) {
        assertRejected(with(genuine, header, flip(value, i, 0x01)));
        assertRejected(with(genuine, header, flip(value, i, 0x20)));
      }
      assertRejected(with(genuine, header, value + "0"));
      assertRejected(with(genuine, header, ""));
      assertRejected(without(genuine, header));
    }
  }

  @Test
  protected void aCallbackIsRefusedOutsideItsTime() {
    send(number());
    RawCallback genuine = callbacks.await(1).getFirst();
    Clock now = Clock.systemUTC();

    for (Duration apart : List.of(Duration.ofMinutes(6), Duration.ofMinutes(-6))) {
      assertThat(open(bank.url(), Clock.offset(now, apart)).verify(genuine))
          .isInstanceOf(CallbackVerdict.Rejected.class);
    }
    assertThat(open(bank.url(), Clock.offset(now, Duration.ofMinutes(4))).verify(genuine))
        .isInstanceOf(CallbackVerdict.Verified.class);
  }

  @Test
  protected void aCallbackForAnotherMerchantIsRefused() {
    String number = number();
    send(number);
    callbacks.await(1);
    callbacks.forget();

    control.call(
        "POST",
        "/control/callback",
        "{\"requestNo\":\"%s\",\"merchantId\":\"M-OTHER\"}".formatted(number),
        202);

    assertRejected(callbacks.await(1).getFirst());
  }

  @Test
  protected void anyByteOfAReplyChangedIsNoProof() throws IOException {
    String number = number();
    send(number);
    callbacks.await(1);
    try (Interceptor between = new Interceptor(bank.url())) {
      Channel intercepted = open(between.url(), Clock.systemUTC());
      List<Interceptor.Reply> seen = new ArrayList<>();
      between.change(
          reply -> {
            seen.add(reply);
            return reply;
          });
      assertPaid(intercepted.query(number));
      Interceptor.Reply genuine = seen.getFirst();

      for (int i = 0; i < genuine.body().length; i++) {
        byte[] changed = flip(genuine.body(), i, 0x01);
        between.change(reply -> genuine.withBody(changed));
        assertUnverified(intercepted.query(number));
      }
      for (String header : proofHeaders()) {
        String value = genuine.headers().get(header);
        for (int i = 0; value != null && i < value.length(); i++) {
          String changed = flip(value, i, 0x01);
          between.change(reply -> genuine.withHeader(header, changed));
          Outcome outcome = intercepted.query(number);
          assertUnverifiedUnlessUnused(header, outcome);
        }
      }
    }
  }

  @Test
  void anyByteOfABalanceChangedIsNotBelieved() throws IOException {
    try (Interceptor between = new Interceptor(bank.url())) {
      Channel intercepted = open(between.url(), Clock.systemUTC());
      List<Interceptor.Reply> seen = new ArrayList<>();
      between.change(
          reply -> {
            seen.add(reply);
            return reply;
          });
      if (traits().contains(ProviderTrait.SILENT_ON_FUNDS)) {
        assertThat(intercepted.funds("CNY")).isEmpty();
        assertThat(seen).as("nothing is asked, so nothing can be forged").isEmpty();
        return;
      }
      assertThat(intercepted.funds("CNY")).isPresent();
      Interceptor.Reply genuine = seen.getFirst();
      for (int i = 0; i < genuine.body().length; i++) {
        byte[] changed = flip(genuine.body(), i, 0x01);
        between.change(reply -> genuine.withBody(changed));
        assertThat(intercepted.funds("CNY")).isEmpty();
      }
    }
  }

  @Test
  protected void aReplyAboutAnotherNumberIsNoProof() throws IOException {
    String paid = number();
    send(paid);
    callbacks.await(1);
    try (Interceptor between = new Interceptor(bank.url())) {
      Channel intercepted = open(between.url(), Clock.systemUTC());
      List<Interceptor.Reply> seen = new ArrayList<>();
      between.change(
          reply -> {
            seen.add(reply);
            return reply;
          });
      assertPaid(intercepted.query(paid));

      between.change(reply -> seen.getFirst());
      assertUnverified(intercepted.query(number()));
    }
  }

  @Test
  protected void aReplyFromAnotherDayIsNoProof() throws IOException {
    if (traits().contains(ProviderTrait.REPLIES_UNDATED)) {
      anOldReplyEndsNothing();
      return;
    }
    String number = number();
    send(number);
    callbacks.await(1);

    assertUnverified(
        open(bank.url(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(6))).query(number));
  }

  /** Whoever plays it again can delay us, but not have us believe that it was refused. */
  private void anOldReplyEndsNothing() throws IOException {
    String number = number();
    try (Interceptor between = new Interceptor(bank.url())) {
      Channel intercepted = open(between.url(), Clock.systemUTC());
      List<Interceptor.Reply> old = new ArrayList<>();
      between.change(
          reply -> {
            old.add(reply);
            return reply;
          });
      assertThat(kind(intercepted.query(number))).isEqualTo("NOT_FOUND");
      control.fault("KEEP_PROCESSING");
      send(number);
      assertThat(kind(intercepted.query(number))).isEqualTo("Accepted");
      control.call(
          "POST",
          "/control/settle",
          "{\"requestNo\":\"%s\",\"status\":\"PAID\"}".formatted(number),
          200);
      assertPaid(intercepted.query(number));

      between.change(reply -> old.getFirst());
      assertThat(kind(intercepted.query(number))).isEqualTo("NOT_FOUND");
      between.change(reply -> old.get(1));
      assertThat(kind(intercepted.query(number))).isEqualTo("Accepted");
      between.change(reply -> reply);
      assertPaid(intercepted.query(number));
    }
  }

  private void assertUnverifiedUnlessUnused(String header, Outcome outcome) {
    if (header.equalsIgnoreCase(subjectHeader())) {
      return; // we know what we asked about; a reply needn't tell
    }
    assertUnverified(outcome);
  }

  /** The header that only callbacks need, or "" if there is none. */
  protected String subjectHeader() {
    return "";
  }

  /** Whether two bodies are two spellings of one signed message. */
  protected boolean saysTheSame(byte[] genuine, byte[] changed) {
    return false;
  }

  protected void assertUnverified(Outcome outcome) {
    assertThat(kind(outcome)).isEqualTo("UNVERIFIED");
  }

  protected void assertRejected(RawCallback callback) {
    assertThat(channel.verify(callback)).isInstanceOf(CallbackVerdict.Rejected.class);
  }

  private static RawCallback with(RawCallback callback, String header, String value) {
    Map<String, List<String>> headers = new HashMap<>(callback.headers());
    headers.put(header.toLowerCase(Locale.ROOT), List.of(value));
    return new RawCallback(callback.path(), headers, callback.body());
  }

  private static RawCallback without(RawCallback callback, String header) {
    Map<String, List<String>> headers = new HashMap<>(callback.headers());
    headers.remove(header.toLowerCase(Locale.ROOT));
    return new RawCallback(callback.path(), headers, callback.body());
  }

  private static byte[] flip(byte[] bytes, int at, int bits) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) (changed[at] ^ bits);
    return changed;
  }

  private static String flip(String text, int at, int bits) {
    char[] changed = text.toCharArray();
    changed[at] = (char) (changed[at] ^ bits);
    return new String(changed);
  }
}

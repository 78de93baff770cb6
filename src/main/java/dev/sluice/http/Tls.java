package dev.sluice.http;

import java.util.function.Supplier;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.springframework.util.function.SingletonSupplier;

/**
 * How connections become encrypted: as the HTTP library does by default, with the JVM's trusted
 * certificates. Reading these takes a tenth of a second of a start, so that whoever talks to plain
 * {@code http} reads them only if that changes.
 */
public final class Tls {
  private Tls() {}

  /**
   * A strategy for a client.
   *
   * @param expected whether the client is there for {@code https}: the certificates are read at
   *     once, and what is wrong with them is told at start. Else they are read with the first
   *     connection that needs them
   */
  public static TlsSocketStrategy strategy(boolean expected) {
    return expected
        ? DefaultClientTlsStrategy.createDefault()
        : whenNeeded(DefaultClientTlsStrategy::createDefault);
  }

  static TlsSocketStrategy whenNeeded(Supplier<TlsSocketStrategy> strategy) {
    Supplier<TlsSocketStrategy> once = SingletonSupplier.of(strategy);
    return (socket, target, port, attachment, context) ->
        once.get().upgrade(socket, target, port, attachment, context);
  }
}

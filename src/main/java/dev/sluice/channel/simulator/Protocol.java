package dev.sluice.channel.simulator;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider's way of talking, over HTTP: reads instructions and queries for the {@link
 * PaymentDesk}, and writes its answers and callbacks. All protocols share the desk, its record and
 * its faults.
 */
interface Protocol {

  /** Its name, as in the record and in fault rules. */
  String name();

  /** The path below which its calls come in. */
  String path();

  /** All such paths, if there are several. */
  default List<String> paths() {
    return List.of(path());
  }

  /** Serves one call. */
  void handle(HttpExchange exchange) throws IOException;

  /** Writes a callback as of now, or null if there is nowhere to send it yet. */
  @Nullable Callback callback(Report report);

  /**
   * Tells in the protocol's own way, if that isn't a call over HTTP.
   *
   * @return false if it is
   */
  default boolean deliver(Report report) throws IOException {
    return false;
  }

  /** Whether the provider tells of this at all by itself. */
  default boolean tells(Report report) {
    return true;
  }

  /** Whether an answer says that a callback was received. */
  boolean isReceipt(int status, byte[] body);

  /** A callback, signed and ready to send; JSON unless a header says otherwise. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Callback(URI to, Map<String, String> headers, byte[] body) {}
}

package dev.sluice.embedded;

import dev.sluice.channel.simulator.SimulatedBank;
import dev.sluice.channel.simulator.SimulatorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/**
 * The simulated bank of the embedded default. It listens before the service sends anything, stops
 * after the service has, and calls the service back wherever that listens.
 */
final class EmbeddedBank implements AutoCloseable {
  private static final String CALLBACK = "http://127.0.0.1:%d/v1/callbacks/bank";

  private final SimulatedBank bank;

  private EmbeddedBank(SimulatedBank bank) {
    this.bank = bank;
  }

  /**
   * Starts it on the loopback address.
   *
   * @param journal the file of its own durable record
   * @throws EmbeddedException if its port or its journal can't be had
   */
  static EmbeddedBank start(
      Path journal, SimulatedBankSettings settings, BankKeys keys, Clock clock) {
    SimulatedBank bank =
        new SimulatedBank(
            new SimulatorSettings(
                "127.0.0.1",
                settings.port(),
                journal,
                keys.merchantId(),
                keys.requestSecret(),
                keys.replySecret(),
                null,
                settings.settleDelay()),
            clock);
    try {
      Path directory = journal.getParent();
      if (directory != null) {
        PrivateFiles.createDirectories(directory);
      }
      bank.start();
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new EmbeddedException(
          "The simulated bank did not start on port %d with its journal %s. If another program has the port, set SLUICE_SIMULATOR_PORT to a free one."
              .formatted(settings.port(), journal),
          e);
    }
    return new EmbeddedBank(bank);
  }

  /** The base URL of its calls. */
  URI url() {
    return bank.url();
  }

  /** From now on its callbacks arrive; until then it keeps them. */
  @EventListener
  void callBack(WebServerInitializedEvent listening) {
    String namespace = listening.getApplicationContext().getServerNamespace();
    if (namespace == null || namespace.isEmpty()) { // not the management port's server
      bank.sendCallbacksTo(URI.create(CALLBACK.formatted(listening.getWebServer().getPort())));
    }
  }

  @Override
  public void close() {
    bank.close();
  }

  /** What bank and channel share. */
  record BankKeys(String merchantId, String requestSecret, String replySecret) {
    @Override
    public String toString() {
      return "BankKeys[" + merchantId + "]";
    }
  }
}

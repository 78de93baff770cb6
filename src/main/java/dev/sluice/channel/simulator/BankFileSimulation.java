package dev.sluice.channel.simulator;

import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * Payments by file, on an SFTP server of its own.
 *
 * @param folder where its directories {@code in, out, done} and {@code sent} lie
 * @param port TCP port of its file server, 0 for a free one
 * @param hostKey the server's key
 * @param user who may log in
 * @param password with which, or null
 * @param userKey with which key, or null
 * @param account the one account it pays from
 * @param advises whether it also leaves a debit advice (camt.054) for each payment
 */
public record BankFileSimulation(
    Path folder,
    int port,
    KeyPair hostKey,
    String user,
    @Nullable String password,
    @Nullable PublicKey userKey,
    String account,
    boolean advises)
    implements ProviderSimulation {

  /** Nobody is called: statuses are left as files. */
  @Override
  public @Nullable URI callbackUrl() {
    return null;
  }

  @Override
  public String toString() {
    return "BankFileSimulation[%s, %s]".formatted(folder, user);
  }
}

package dev.sluice.channel.simulator;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * What the bank needs to know to take and leave files.
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
public record BankFilePeer(
    Path folder,
    int port,
    KeyPair hostKey,
    String user,
    @Nullable String password,
    @Nullable PublicKey userKey,
    String account,
    boolean advises) {

  @Override
  public String toString() {
    return "BankFilePeer[%s, %s]".formatted(folder, user);
  }
}

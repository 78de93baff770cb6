package dev.sluice.channel.bankfile;

import dev.sluice.channel.ChannelLimits;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the bank's file server, and who we are to the bank.
 *
 * @param name the channel's name
 * @param server the file server
 * @param directories where files lie on it
 * @param debtor our account
 * @param zone whose calendar dates the execution dates are
 * @param maxFileBytes longest file that is read
 */
public record BankFileSettings(
    String name,
    Server server,
    Directories directories,
    Debtor debtor,
    ZoneId zone,
    int maxFileBytes,
    ChannelLimits limits) {
  /** The usual name. */
  public static final String DEFAULT_NAME = "bankfile";

  public BankFileSettings {
    if (!name.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException("a channel's name is 1 to 32 of a-z, 0-9 and -");
    }
    if (limits.concurrentCalls() < 1 || !limits.callTimeout().isPositive() || maxFileBytes < 1) {
      throw new IllegalArgumentException("concurrent calls, times and sizes must be positive");
    }
  }

  /**
   * The file server; a password or a key, or both.
   *
   * @param hostKey the one key that it may show
   */
  public record Server(
      String host,
      int port,
      String user,
      PublicKey hostKey,
      @Nullable String password,
      @Nullable KeyPair key) {

    public Server {
      if (password == null && key == null) {
        throw new IllegalArgumentException("the file server wants a password or a key");
      }
    }

    @Override
    public String toString() {
      return "%s@%s:%d".formatted(user, host, port);
    }
  }

  /**
   * Directories on the server, without a slash at the end.
   *
   * @param upload where the bank takes our files
   * @param status where the bank leaves its own
   * @param done where we move what we have read and committed
   * @param sent where we note what we have sent, before it can be taken; null if the bank has no
   *     place for that
   */
  public record Directories(String upload, String status, String done, @Nullable String sent) {

    public Directories {
      for (String directory : new @Nullable String[] {upload, status, done, sent}) {
        if (directory != null
            && (directory.contains("..") || !directory.matches("/?[\\w.-]+(/[\\w.-]+)*"))) {
          throw new IllegalArgumentException("not a directory's name: " + directory);
        }
      }
      if (upload.equals(status) || status.equals(done) || upload.equals(sent)) {
        throw new IllegalArgumentException("the bank file channel's directories must differ");
      }
    }
  }

  /**
   * Our account at the bank.
   *
   * @param account an IBAN, or another number that the bank knows it by
   * @param bic the bank's BIC (ISO 9362)
   * @param chargeBearer {@code SLEV, SHAR or DEBT}, as agreed with the bank
   */
  public record Debtor(String name, String account, String bic, String chargeBearer) {

    public Debtor {
      if (!account.matches("[A-Za-z0-9]{1,34}")
          || !bic.matches("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
          || !chargeBearer.matches("SLEV|SHAR|DEBT")
          || name.isBlank()) {
        throw new IllegalArgumentException("the debtor's name, account, BIC or charge bearer");
      }
    }

    boolean hasIban() {
      return account.matches("[A-Z]{2}[0-9]{2}[A-Za-z0-9]{11,30}");
    }
  }

  @Override
  public String toString() {
    return "BankFileSettings[%s, %s]".formatted(name, server);
  }
}

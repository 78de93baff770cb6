package dev.sluice.channel.bankfile;

import dev.sluice.channel.ChannelLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the bank file channel. Without {@code host} there is no such channel.
 *
 * @param host name or address of the bank's SFTP server
 * @param port its TCP port
 * @param user whom we log in as
 * @param hostKey the server's key as in a known_hosts file, {@code ssh-ed25519 AAAA...}; the only
 *     one that is taken
 * @param password to log in with; or a key, or both
 * @param keyFile our private key, in OpenSSH's or PEM form
 * @param keyPassphrase of the key file, if it has one
 * @param uploadDirectory where the bank takes our files
 * @param statusDirectory where the bank leaves its own
 * @param doneDirectory where we move what we have read and committed
 * @param sentDirectory where we note what we have sent; blank if the bank has no place for that,
 *     and then nothing is ever sent twice nor found missing
 * @param debtorName our name
 * @param debtorAccount our account at the bank, an IBAN or the bank's own number
 * @param debtorBic the bank's BIC
 * @param chargeBearer {@code SLEV, SHAR or DEBT}
 * @param zone whose calendar dates the execution dates are
 * @param currencies ISO 4217 codes that the account pays in
 * @param beneficiaryKinds of {@code IBAN, CARD}
 * @param minMinor smallest amount, in minor units
 * @param maxMinor largest amount, in minor units
 * @param concurrentCalls connections at once from this instance
 * @param callTimeout longest time of one call, connecting included
 * @param maxFileBytes longest file that is read
 * @param acceptanceWindow how long after sending a file that isn't there may still be on its way
 * @param queryWindow how long after sending the bank's files still tell; then a person decides
 */
@ConfigurationProperties("sluice.channels.bankfile")
public record BankFileProperties(
    String host,
    @DefaultValue("22") int port,
    String user,
    String hostKey,
    @Nullable String password,
    @Nullable Path keyFile,
    @Nullable String keyPassphrase,
    @DefaultValue("in") String uploadDirectory,
    @DefaultValue("out") String statusDirectory,
    @DefaultValue("done") String doneDirectory,
    @DefaultValue("sent") String sentDirectory,
    String debtorName,
    String debtorAccount,
    String debtorBic,
    @DefaultValue("SLEV") String chargeBearer,
    @DefaultValue("UTC") ZoneId zone,
    @DefaultValue("EUR") Set<String> currencies,
    @DefaultValue("IBAN") Set<String> beneficiaryKinds,
    @DefaultValue("1") long minMinor,
    @DefaultValue("100000000") long maxMinor,
    @DefaultValue("4") int concurrentCalls,
    @DefaultValue("20s") Duration callTimeout,
    @DefaultValue("4194304") int maxFileBytes,
    @DefaultValue("2d") Duration acceptanceWindow,
    @DefaultValue("10d") Duration queryWindow) {

  @Override
  public String toString() {
    return "BankFileProperties[%s@%s:%d]".formatted(user, host, port);
  }

  BankFileSettings settings() {
    require(user, "user");
    require(hostKey, "host-key");
    require(debtorName, "debtor-name");
    require(debtorAccount, "debtor-account");
    require(debtorBic, "debtor-bic");
    String sent = sentDirectory.isBlank() ? null : sentDirectory;
    return new BankFileSettings(
        BankFileSettings.DEFAULT_NAME,
        new BankFileSettings.Server(
            host,
            port,
            user,
            SshKeys.hostKey(hostKey),
            password == null || password.isBlank() ? null : password,
            keyFile == null ? null : SshKeys.keyPair(keyFile, keyPassphrase)),
        new BankFileSettings.Directories(uploadDirectory, statusDirectory, doneDirectory, sent),
        new BankFileSettings.Debtor(
            debtorName, debtorAccount.replace(" ", ""), debtorBic, chargeBearer),
        zone,
        maxFileBytes,
        new ChannelLimits(
            currencies,
            beneficiaryKinds,
            minMinor,
            maxMinor,
            concurrentCalls,
            callTimeout,
            acceptanceWindow,
            queryWindow,
            // With the notes of what was sent it is we who send a number at most once.
            sent != null));
  }

  /** A missing property binds to null, whatever the type says. */
  private static void require(@Nullable String value, String property) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "sluice.channels.bankfile.host is set, so sluice.channels.bankfile."
              + property
              + " is needed");
    }
  }
}
